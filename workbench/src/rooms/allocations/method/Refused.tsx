import { Box, Typography } from "@mui/material";
import { useAppSelector } from "../../../store";
import { selectDraft } from "../draftSlice";

/** Message of the service for one field of the last preview, such as constraints.round_to. */
export function useRefused(path: string): string | undefined {
  return useAppSelector(selectDraft).refused[path];
}

/** Messages for a field and what is in it, such as parameters.weights.PPR-001; `name` says of what a part is. */
export function Refused({ path, name = (part) => part }: { path: string; name?: (part: string) => string }) {
  const { refused } = useAppSelector(selectDraft);
  const found = Object.entries(refused).filter(([field]) => field === path || field.startsWith(`${path}.`));
  if (found.length === 0) return null;
  return (
    <Box role="alert" sx={{ my: 0.5 }}>
      {found.map(([field, message]) => {
        const part = field.slice(path.length + 1);
        return (
          <Typography key={field} color="error" variant="body2">
            {part && <strong>{name(part)}: </strong>}
            {message}
          </Typography>
        );
      })}
    </Box>
  );
}
