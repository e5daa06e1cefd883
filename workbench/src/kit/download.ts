import { useCallback, useState } from "react";
import { API_ROOT, refreshSession } from "../api/baseQuery";
import { accessToken } from "../session/token";
import { useAppDispatch } from "../store";

/** The name that the service gave a file, or another where it gave none. */
export function fileName(disposition: string | null, otherwise: string): string {
  return /filename="?([^";]+)"?/.exec(disposition ?? "")?.[1] ?? otherwise;
}

async function problemIn(answer: Response): Promise<unknown> {
  return answer.json().catch(() => null);
}

function save(content: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // The browser has taken the content over by the next turn of the loop at the latest.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/**
 * Download a file of the API, such as `allocations/1?format=csv`. A plain link cannot carry the access token. What went
 * wrong is kept as an error that ErrorNote shows.
 */
export function useDownload() {
  const dispatch = useAppDispatch();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const download = useCallback(
    async (path: string, name: string) => {
      const read = () =>
        fetch(`${API_ROOT}${path}`, { headers: { Authorization: `Bearer ${accessToken.get() ?? ""}` } });
      setBusy(true);
      setError(null);
      try {
        const used = accessToken.get();
        let answer = await read();
        if (answer.status === 401 && (await refreshSession(dispatch, used)) === "DONE") answer = await read();
        if (answer.ok) save(await answer.blob(), fileName(answer.headers.get("content-disposition"), name));
        else setError({ status: answer.status, data: await problemIn(answer) });
      } catch {
        setError({ status: "FETCH_ERROR", error: "" });
      }
      setBusy(false);
    },
    [dispatch],
  );
  return { download, busy, error };
}
