import { Divider, ListItemText, Menu, MenuItem, Typography } from "@mui/material";
import { Link } from "react-router-dom";
import { useLogoutMutation } from "../api/generated/api";
import { words } from "../kit/format";
import {
  DENSITIES,
  type Density,
  SCHEMES,
  type Scheme,
  useAppearance,
} from "../rooms/preferences/useAppearance";
import { logOut } from "../session/logOut";
import { selectUser } from "../session/sessionSlice";
import { useAppDispatch, useAppSelector } from "../store";

const SCHEME_WORDS: Record<Scheme, string> = {
  system: "Colours of the system",
  light: "Light",
  dark: "Dark",
};
const DENSITY_WORDS: Record<Density, string> = { compact: "Compact rows", comfortable: "Comfortable rows" };

export default function UserMenuList({
  anchor,
  onClose,
}: {
  anchor: HTMLElement | null;
  onClose: () => void;
}) {
  const user = useAppSelector(selectUser);
  const dispatch = useAppDispatch();
  const { scheme, density, changeScheme, changeDensity } = useAppearance();
  const [logout] = useLogoutMutation();
  return (
    <Menu anchorEl={anchor} open={anchor !== null} onClose={onClose}>
      <Typography sx={{ px: 2, py: 0.5, fontWeight: 650 }}>{user?.username}</Typography>
      <Typography variant="body2" color="textSecondary" sx={{ px: 2, pb: 1 }}>
        {user?.roles.map(words).join(", ") || "No role"}
      </Typography>
      <Divider />
      {SCHEMES.map((choice) => (
        <MenuItem
          key={choice}
          selected={scheme === choice}
          role="menuitemradio"
          aria-checked={scheme === choice}
          onClick={() => changeScheme(choice)}
        >
          <ListItemText>{SCHEME_WORDS[choice]}</ListItemText>
        </MenuItem>
      ))}
      <Divider />
      {DENSITIES.map((choice) => (
        <MenuItem
          key={choice}
          selected={density === choice}
          role="menuitemradio"
          aria-checked={density === choice}
          onClick={() => changeDensity(choice)}
        >
          <ListItemText>{DENSITY_WORDS[choice]}</ListItemText>
        </MenuItem>
      ))}
      <Divider />
      <MenuItem component={Link} to="/profile" onClick={onClose}>
        Sessions and password
      </MenuItem>
      <MenuItem component="a" href="docs" target="_blank" rel="noreferrer">
        API documentation
      </MenuItem>
      <MenuItem
        onClick={async () => {
          onClose();
          await logOut(() => logout({ logout: {} }).unwrap(), dispatch);
        }}
      >
        Log out
      </MenuItem>
    </Menu>
  );
}
