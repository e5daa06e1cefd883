import { yupResolver } from "@hookform/resolvers/yup";
import { Button, Stack, TextField, Typography } from "@mui/material";
import { useForm } from "react-hook-form";
import * as yup from "yup";
import { emptyApi } from "../../api/emptyApi";
import { useChangePasswordMutation } from "../../api/generated/api";
import { ErrorNote } from "../../kit/states";
import { loggedOut } from "../../session/sessionSlice";
import { accessToken } from "../../session/token";
import { useAppDispatch } from "../../store";

const schema = yup.object({
  current: yup.string().required("Type your password as it is."),
  next: yup.string().required("Type a new password."),
  again: yup
    .string()
    .required("Type the new password once more.")
    .oneOf([yup.ref("next")], "The two new passwords differ."),
});

const FIELDS = [
  { name: "current", label: "Present password", autoComplete: "current-password" },
  { name: "next", label: "New password", autoComplete: "new-password" },
  { name: "again", label: "New password again", autoComplete: "new-password" },
] as const;

/** The user's own password. A change ends all sessions, this one too. */
export function OwnPassword() {
  const dispatch = useAppDispatch();
  const [change, { error, isLoading }] = useChangePasswordMutation();
  const { register, handleSubmit, formState } = useForm({
    resolver: yupResolver(schema),
    defaultValues: { current: "", next: "", again: "" },
  });
  const submit = handleSubmit(async ({ current, next }) => {
    const answer = await change({ changePassword: { current_password: current, new_password: next } });
    if (answer.error) return;
    accessToken.set(null);
    dispatch(loggedOut());
    dispatch(emptyApi.util.resetApiState());
  });
  return (
    <Stack component="form" noValidate onSubmit={submit} spacing={1.5} aria-label="Change password">
      <Typography variant="h2">Password</Typography>
      <Typography color="textSecondary">
        At least 12 characters that are hard to guess. A change ends all your sessions: log in again with the
        new one.
      </Typography>
      {error && <ErrorNote error={error} title="The password was not changed" />}
      {FIELDS.map(({ name, label, autoComplete }) => (
        <TextField
          key={name}
          {...register(name)}
          label={label}
          type="password"
          autoComplete={autoComplete}
          error={formState.errors[name] !== undefined}
          helperText={formState.errors[name]?.message}
        />
      ))}
      <Button type="submit" variant="contained" loading={isLoading} sx={{ alignSelf: "flex-start" }}>
        Change password
      </Button>
    </Stack>
  );
}
