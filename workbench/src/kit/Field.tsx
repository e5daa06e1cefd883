import {
  FormControl,
  FormHelperText,
  InputLabel,
  type InputLabelProps,
  OutlinedInput,
  type OutlinedInputProps,
  type SxProps,
  type Theme,
} from "@mui/material";
import { type ReactNode, type Ref, useId } from "react";

export interface FieldProps extends Omit<OutlinedInputProps, "label" | "sx" | "size" | "color" | "ref"> {
  label: string;
  /** The input itself. */
  ref?: Ref<HTMLInputElement>;
  helperText?: ReactNode;
  helperSx?: SxProps<Theme>;
  /** Whether the label stands above also while nothing is typed. */
  shrink?: InputLabelProps["shrink"];
  color?: "primary" | "warning";
  /** Of the field with its label and words. */
  sx?: SxProps<Theme>;
}

/** TextField without its lists of choices, whose script the first load would have: for fields that are in it. */
export function Field(props: FieldProps) {
  const { label, ref, helperText, helperSx, shrink, color, error, fullWidth, disabled, sx, ...input } = props;
  const id = useId();
  return (
    <FormControl {...{ error, color, fullWidth, disabled, sx }}>
      <InputLabel htmlFor={id} shrink={shrink}>
        {label}
      </InputLabel>
      <OutlinedInput
        id={id}
        label={label}
        notched={shrink}
        inputRef={ref}
        aria-describedby={helperText === undefined ? undefined : `${id}-words`}
        {...input}
      />
      {helperText !== undefined && (
        <FormHelperText id={`${id}-words`} sx={helperSx}>
          {helperText}
        </FormHelperText>
      )}
    </FormControl>
  );
}
