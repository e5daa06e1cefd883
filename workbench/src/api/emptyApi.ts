import { createApi } from "@reduxjs/toolkit/query/react";
import { baseQuery } from "./baseQuery";

/** What the generated endpoints are put into. */
export const emptyApi = createApi({ reducerPath: "api", baseQuery, endpoints: () => ({}) });
