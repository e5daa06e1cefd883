import {
  Box,
  Button,
  Chip,
  Paper,
  Stack,
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableRow,
  Typography,
} from "@mui/material";
import { visuallyHidden } from "@mui/utils";
import { useEndSessionMutation, useEndSessionsMutation, useListSessionsQuery } from "../../api/generated/api";
import { dateTime, UNKNOWN, words } from "../../kit/format";
import { Page } from "../../kit/Page";
import { ErrorNote, Loading } from "../../kit/states";
import { logOut } from "../../session/logOut";
import { selectUser } from "../../session/sessionSlice";
import { useAppDispatch, useAppSelector } from "../../store";
import { OwnPassword } from "./OwnPassword";

/** What a user has of an own: sessions, password, permissions. */
export default function ProfilePage() {
  const user = useAppSelector(selectUser);
  return (
    <Page title="Sessions and password" subtitle={user?.username}>
      <Box
        sx={{
          display: "grid",
          gridTemplateColumns: { lg: "minmax(0, 2fr) minmax(0, 1fr)" },
          gap: 2,
          alignItems: "start",
        }}
      >
        <Paper
          component="section"
          aria-label="Sessions"
          sx={{ p: 2, overflowX: "auto", position: "relative" }}
        >
          <Sessions />
        </Paper>
        <Stack spacing={2}>
          <Paper component="section" aria-label="Password" sx={{ p: 2 }}>
            <OwnPassword />
          </Paper>
          <Paper component="section" aria-label="Permissions" sx={{ p: 2 }}>
            <Typography variant="h2">Permissions</Typography>
            <Typography color="textSecondary" sx={{ mb: 1 }}>
              {user?.roles.map(words).join(", ") || "No role"}
              {user?.groups ? `; sees ${user.groups.join(", ")}` : "; sees all groups"}
            </Typography>
            <Stack direction="row" useFlexGap sx={{ flexWrap: "wrap", gap: 0.5 }}>
              {user?.permissions.map((permission) => (
                <Chip key={permission} label={permission} variant="outlined" />
              ))}
            </Stack>
          </Paper>
        </Stack>
      </Box>
    </Page>
  );
}

function Sessions() {
  const { data, error, refetch } = useListSessionsQuery();
  const [end, ending] = useEndSessionMutation();
  const [endAll, endingAll] = useEndSessionsMutation();
  const dispatch = useAppDispatch();
  if (error) return <ErrorNote error={error} onRetry={refetch} />;
  if (!data) return <Loading label="Loading the sessions" />;
  return (
    <>
      <Stack direction="row" sx={{ alignItems: "center", mb: 1, gap: 2 }}>
        <Typography variant="h2" sx={{ flexGrow: 1 }}>
          Open sessions
        </Typography>
        <Button
          variant="outlined"
          color="error"
          loading={endingAll.isLoading}
          onClick={() => void logOut(() => endAll().unwrap(), dispatch)}
        >
          Log out everywhere
        </Button>
      </Stack>
      {ending.error && <ErrorNote error={ending.error} title="The session was not ended" />}
      <Table aria-label="Open sessions">
        <TableHead>
          <TableRow>
            <TableCell>From</TableCell>
            <TableCell>Begun</TableCell>
            <TableCell>Last used</TableCell>
            <TableCell>Ends</TableCell>
            <TableCell>
              <Box component="span" sx={visuallyHidden}>
                End
              </Box>
            </TableCell>
          </TableRow>
        </TableHead>
        <TableBody>
          {data.sessions.map((session) => (
            <TableRow key={session.session_id}>
              <TableCell component="th" scope="row">
                {session.address ?? UNKNOWN}
                <Typography
                  variant="caption"
                  color="textSecondary"
                  component="div"
                  noWrap
                  sx={{ maxWidth: 260 }}
                  title={session.user_agent ?? undefined}
                >
                  {session.user_agent}
                </Typography>
              </TableCell>
              <TableCell>{dateTime(session.created_at)}</TableCell>
              <TableCell>{dateTime(session.last_used_at)}</TableCell>
              <TableCell>{dateTime(session.expires_at)}</TableCell>
              <TableCell align="right">
                {session.current ? (
                  "This one"
                ) : (
                  <Button
                    disabled={ending.isLoading}
                    onClick={() => void end({ sessionId: session.session_id })}
                  >
                    End
                  </Button>
                )}
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </>
  );
}
