import { Button, ButtonGroup } from "@mui/material";
import { useState } from "react";
import { messageOf } from "../api/problems";
import { noticed } from "../shell/noticesSlice";
import { useAppDispatch } from "../store";
import { type Download, useDownloadMutation } from "./download";
import { DownloadIcon } from "./icons";

export interface DownloadChoice extends Download {
  /** What is on the button, such as CSV. */
  label: string;
}

/** Files of what is shown, one button for each format; a failure is told as a notice. */
export function DownloadButtons({ of, files }: { of: string; files: readonly DownloadChoice[] }) {
  const dispatch = useAppDispatch();
  const [download] = useDownloadMutation();
  const [saving, setSaving] = useState<string | null>(null);
  const start = async (file: DownloadChoice) => {
    setSaving(file.label);
    try {
      const name = await download({ url: file.url, params: file.params }).unwrap();
      dispatch(noticed({ severity: "success", message: `Saved ${name}` }));
    } catch (error) {
      dispatch(noticed({ severity: "error", message: `${of} was not saved. ${messageOf(error)}` }));
    }
    setSaving(null);
  };
  return (
    <ButtonGroup variant="outlined" size="small" aria-label={`Export ${of}`}>
      {files.map((file) => (
        <Button
          key={file.label}
          startIcon={<DownloadIcon />}
          loading={saving === file.label}
          onClick={() => void start(file)}
        >
          {file.label}
        </Button>
      ))}
    </ButtonGroup>
  );
}
