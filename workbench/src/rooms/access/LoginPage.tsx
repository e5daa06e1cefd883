import { Box, Button, Divider, Paper, Typography } from "@mui/material";
import { useEffect } from "react";
import { useLocation } from "react-router-dom";
import { API_ROOT } from "../../api/baseQuery";
import { useGetSignOnQuery } from "../../api/generated/api";
import { pageShown } from "../../kit/late";
import { noteUsage } from "../requests/usage";
import { LoginForm } from "./LoginForm";

/** The way in. The address stays, so that a link leads to its page after the login. */
export default function LoginPage() {
  const { data: signOn } = useGetSignOnQuery();
  const { pathname, search } = useLocation();
  useEffect(() => {
    document.title = "Log in · Allocator";
    noteUsage({ kind: "PAGE", name: "login" });
    pageShown();
  }, []);
  return (
    // From the top, so that what is read later moves nothing.
    <Box component="main" sx={{ display: "grid", justifyItems: "center", p: 2, pt: { xs: 4, sm: "16vh" } }}>
      <Paper sx={{ p: 4, width: "100%", maxWidth: 424 }}>
        <Typography variant="h1" sx={{ mb: 0.5 }}>
          Allocator
        </Typography>
        <Typography color="textSecondary" sx={{ mb: 3 }}>
          One block order, split fairly over your accounts.
        </Typography>
        <LoginForm demo={signOn?.demo_login} />
        {signOn?.configured && (
          <>
            <Divider sx={{ my: 2 }}>or</Divider>
            <Button
              fullWidth
              variant="outlined"
              size="medium"
              href={`${API_ROOT}auth/sso/login?next=${encodeURIComponent(pathname + search)}`}
            >
              Single sign-on
            </Button>
          </>
        )}
      </Paper>
    </Box>
  );
}
