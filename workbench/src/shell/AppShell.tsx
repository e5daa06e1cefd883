import { lazy, Suspense } from "react";
import { selectSession } from "../session/sessionSlice";
import { useAppSelector } from "../store";
import { Starting } from "./Starting";

const Frame = lazy(() => import("./Frame"));
const LoginPage = lazy(() => import("../rooms/access/LoginPage"));

/** The way in, or the pages; each is loaded by itself, so that nobody waits for what is not shown. */
export function AppShell() {
  const { status, user } = useAppSelector(selectSession);
  if (status === "STARTING") return <Starting />;
  return (
    <Suspense fallback={<Starting />}>
      {/* Of another user's page nothing stays, not even what is in a field. */}
      {status === "ANONYMOUS" ? <LoginPage /> : <Frame key={user?.id} />}
    </Suspense>
  );
}
