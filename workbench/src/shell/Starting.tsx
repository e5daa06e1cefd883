import { Box, Button, CircularProgress, Typography } from "@mui/material";
import { startSession } from "../api/baseQuery";
import { selectReachable } from "../api/connectionSlice";
import { useAppDispatch, useAppSelector } from "../store";

/** Before it is known whether there is a session. */
export function Starting() {
  const reachable = useAppSelector(selectReachable);
  const dispatch = useAppDispatch();
  return (
    <Box
      component="main"
      sx={{ display: "grid", placeItems: "center", placeContent: "center", gap: 2, minHeight: "100vh" }}
    >
      {reachable ? (
        <CircularProgress aria-label="Starting" />
      ) : (
        <>
          <Typography variant="h1">The service cannot be reached</Typography>
          <Button variant="contained" onClick={() => void dispatch(startSession)}>
            Try again
          </Button>
        </>
      )}
    </Box>
  );
}
