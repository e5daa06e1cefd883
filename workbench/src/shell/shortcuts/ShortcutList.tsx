import {
  Box,
  Button,
  Dialog,
  DialogActions,
  DialogContent,
  DialogTitle,
  FormControlLabel,
  Switch,
  Table,
  TableBody,
  TableCell,
  TableRow,
  Typography,
} from "@mui/material";
import { useState } from "react";
import { setShortcuts, shortcutsOn } from "./setting";
import { SHORTCUTS } from "./shortcuts";

export default function ShortcutList({ onClose }: { onClose: () => void }) {
  const [on, setOn] = useState(shortcutsOn);
  return (
    <Dialog open onClose={onClose} maxWidth="md" fullWidth aria-labelledby="shortcuts-title">
      <DialogTitle id="shortcuts-title">Keyboard shortcuts</DialogTitle>
      <DialogContent sx={{ columns: { md: 2 }, columnGap: 4 }}>
        {SHORTCUTS.map(({ title, shortcuts }) => (
          <Box key={title} sx={{ breakInside: "avoid", mb: 2 }}>
            <Typography variant="h3" component="h3" id={`keys-${title}`}>
              {title}
            </Typography>
            <Table aria-labelledby={`keys-${title}`}>
              <TableBody>
                {shortcuts.map(({ keys, does }) => (
                  <TableRow key={keys}>
                    <TableCell component="th" scope="row" sx={{ width: 120, whiteSpace: "nowrap" }}>
                      <Box component="kbd" sx={{ font: "inherit", fontWeight: 650 }}>
                        {keys}
                      </Box>
                    </TableCell>
                    <TableCell>{does}</TableCell>
                  </TableRow>
                ))}
              </TableBody>
            </Table>
          </Box>
        ))}
      </DialogContent>
      <DialogActions sx={{ justifyContent: "space-between", px: 3 }}>
        <FormControlLabel
          control={
            <Switch
              checked={on}
              onChange={(_event, checked) => {
                setShortcuts(checked);
                setOn(checked);
              }}
            />
          }
          label="Single letters are shortcuts"
        />
        <Button onClick={onClose} variant="contained" autoFocus>
          Close
        </Button>
      </DialogActions>
    </Dialog>
  );
}
