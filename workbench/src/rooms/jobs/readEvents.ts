import { API_ROOT } from "../../api/baseQuery";
import { accessToken } from "../../session/token";
import { eventReader } from "./serverEvents";

/**
 * Reads the events of a stream from behind an event until it ends; throws where it cannot be read. A browser's own
 * EventSource cannot send the access token.
 */
export async function readEvents<Event>(
  path: string,
  lastEventId: string | null,
  take: (event: Event) => void,
  signal: AbortSignal,
): Promise<void> {
  const answer = await fetch(`${API_ROOT}${path}`, {
    signal,
    headers: {
      Authorization: `Bearer ${accessToken.get()}`,
      ...(lastEventId === null ? {} : { "Last-Event-ID": lastEventId }),
    },
  });
  if (!answer.ok || !answer.body) throw new Error(`The stream was answered with ${answer.status}.`);
  const read = eventReader();
  const pieces = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let piece = await pieces.read(); !piece.done; piece = await pieces.read())
    for (const { data } of read(piece.value)) take(JSON.parse(data) as Event);
}
