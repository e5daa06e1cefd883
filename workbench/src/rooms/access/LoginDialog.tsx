import { Button, Dialog, DialogActions, DialogContent, DialogContentText, DialogTitle } from "@mui/material";
import { emptyApi } from "../../api/emptyApi";
import { loggedOut, selectUser } from "../../session/sessionSlice";
import { accessToken } from "../../session/token";
import { useAppDispatch, useAppSelector } from "../../store";
import { LoginForm } from "./LoginForm";

/** Above a page whose session is over: the page and what was typed stay. */
export default function LoginDialog() {
  const user = useAppSelector(selectUser);
  const dispatch = useAppDispatch();
  return (
    <Dialog open fullWidth maxWidth="xs" aria-labelledby="ended-title">
      <DialogTitle id="ended-title">Your session has ended</DialogTitle>
      <DialogContent>
        <DialogContentText sx={{ mb: 2 }}>
          Log in again to go on. This page and what you typed are kept.
        </DialogContentText>
        <LoginForm username={user?.username} fixedUser />
      </DialogContent>
      <DialogActions>
        <Button
          onClick={() => {
            accessToken.set(null);
            dispatch(loggedOut());
            dispatch(emptyApi.util.resetApiState());
          }}
        >
          Leave, as another user
        </Button>
      </DialogActions>
    </Dialog>
  );
}
