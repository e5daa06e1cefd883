"""General tools without any rule of the desk: paging, chunks and concurrent reads."""
