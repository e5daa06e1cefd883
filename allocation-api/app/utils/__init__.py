"""Tools that know no rule of the desk: paging, parallel calls, canonical JSON."""
