import { Divider, IconButton, ListItemText, Menu, MenuItem, Typography, useColorScheme } from "@mui/material";
import { useState } from "react";
import { Link } from "react-router-dom";
import { useLogoutMutation } from "../api/generated/api";
import { words } from "../kit/format";
import { UserIcon } from "../kit/icons";
import { logOut } from "../session/logOut";
import { selectUser } from "../session/sessionSlice";
import { useAppDispatch, useAppSelector } from "../store";

const MODES = ["system", "light", "dark"] as const;

export function UserMenu() {
  const user = useAppSelector(selectUser);
  const dispatch = useAppDispatch();
  const { mode, setMode } = useColorScheme();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const [logout] = useLogoutMutation();
  const close = () => setAnchor(null);
  return (
    <>
      <IconButton
        color="inherit"
        aria-label={`User menu of ${user?.username ?? ""}`}
        onClick={(event) => setAnchor(event.currentTarget)}
      >
        <UserIcon />
      </IconButton>
      <Menu anchorEl={anchor} open={anchor !== null} onClose={close}>
        <Typography sx={{ px: 2, py: 0.5, fontWeight: 650 }}>{user?.username}</Typography>
        <Typography variant="body2" color="text.secondary" sx={{ px: 2, pb: 1 }}>
          {user?.roles.map(words).join(", ") || "No role"}
        </Typography>
        <Divider />
        {MODES.map((choice) => (
          <MenuItem
            key={choice}
            selected={mode === choice}
            role="menuitemradio"
            aria-checked={mode === choice}
            onClick={() => setMode(choice)}
          >
            <ListItemText>
              {choice === "system" ? "Colours of the system" : choice === "light" ? "Light" : "Dark"}
            </ListItemText>
          </MenuItem>
        ))}
        <Divider />
        <MenuItem component={Link} to="/profile" onClick={close}>
          Sessions and password
        </MenuItem>
        <MenuItem component="a" href="docs" target="_blank" rel="noreferrer">
          API documentation
        </MenuItem>
        <MenuItem
          onClick={async () => {
            close();
            await logOut(() => logout({ logout: {} }).unwrap(), dispatch);
          }}
        >
          Log out
        </MenuItem>
      </Menu>
    </>
  );
}
