import { IconButton } from "@mui/material";
import { Suspense, useState } from "react";
import { UserIcon } from "../kit/icons";
import { lateComponent } from "../kit/late";
import { selectUser } from "../session/sessionSlice";
import { useAppSelector } from "../store";

const UserMenuList = lateComponent(() => import("./UserMenuList"));

export function UserMenu() {
  const user = useAppSelector(selectUser);
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  return (
    <>
      <IconButton
        color="inherit"
        aria-label={`User menu of ${user?.username ?? ""}`}
        onClick={(event) => setAnchor(event.currentTarget)}
      >
        <UserIcon />
      </IconButton>
      <Suspense>
        <UserMenuList anchor={anchor} onClose={() => setAnchor(null)} />
      </Suspense>
    </>
  );
}
