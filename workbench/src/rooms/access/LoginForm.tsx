import { Button, Stack, TextField } from "@mui/material";
import { useForm } from "react-hook-form";
import { useLoginMutation } from "../../api/generated/api";
import { ErrorNote } from "../../kit/states";
import { sessionBegan } from "../../session/sessionSlice";
import { accessToken } from "../../session/token";
import { useAppDispatch } from "../../store";

/** User name and password. The refresh token goes into a cookie that no script can read. */
export function LoginForm({ username = "", fixedUser = false }: { username?: string; fixedUser?: boolean }) {
  const dispatch = useAppDispatch();
  const [login, { error, isLoading }] = useLoginMutation();
  const { register, handleSubmit, formState } = useForm({ defaultValues: { username, password: "" } });
  const submit = handleSubmit(async (typed) => {
    const answer = await login({ login: { ...typed, session: "cookie" } });
    if (!answer.data) return;
    accessToken.set(answer.data.access_token);
    dispatch(sessionBegan(answer.data.user));
  });
  return (
    <Stack component="form" noValidate onSubmit={submit} spacing={2} aria-label="Log in">
      {error && <ErrorNote error={error} title="You are not logged in" />}
      <TextField
        label="User name"
        autoComplete="username"
        autoFocus={!fixedUser}
        {...register("username", { required: "Type your user name." })}
        slotProps={{ htmlInput: { readOnly: fixedUser } }}
        error={!!formState.errors.username}
        helperText={formState.errors.username?.message}
      />
      <TextField
        label="Password"
        type="password"
        autoComplete="current-password"
        autoFocus={fixedUser}
        {...register("password", { required: "Type your password." })}
        error={!!formState.errors.password}
        helperText={formState.errors.password?.message}
      />
      <Button type="submit" variant="contained" size="medium" loading={isLoading}>
        Log in
      </Button>
    </Stack>
  );
}
