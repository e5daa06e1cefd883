import { Box, Button, Stack, Typography } from "@mui/material";
import { useForm } from "react-hook-form";
import { type DemoLogin, useLoginMutation } from "../../api/generated/api";
import { Field } from "../../kit/Field";
import { words } from "../../kit/format";
import { ErrorNote } from "../../kit/states";
import { sessionBegan } from "../../session/sessionSlice";
import { accessToken } from "../../session/token";
import { useAppDispatch } from "../../store";

/** User name and password. The refresh token goes into a cookie that no script can read. */
export function LoginForm({
  username = "",
  fixedUser = false,
  demo,
}: {
  username?: string;
  fixedUser?: boolean;
  /** Users for a first look, in development alone. */
  demo?: DemoLogin | null;
}) {
  const dispatch = useAppDispatch();
  const [login, { error, isLoading }] = useLoginMutation();
  const { register, handleSubmit, setValue, formState } = useForm({
    defaultValues: { username, password: "" },
  });
  const { errors } = formState;
  const submit = handleSubmit(async (typed) => {
    const answer = await login({ login: { ...typed, session: "cookie" } });
    if (!answer.data) return;
    accessToken.set(answer.data.access_token);
    dispatch(sessionBegan(answer.data.user));
  });
  return (
    <Stack component="form" noValidate onSubmit={submit} spacing={2} aria-label="Log in">
      {error && <ErrorNote error={error} title="You are not logged in" />}
      <Field
        label="User name"
        autoComplete="username"
        autoFocus={!fixedUser}
        readOnly={fixedUser}
        fullWidth
        error={!!errors.username}
        helperText={errors.username?.message ?? ""}
        {...register("username", { required: "Type your user name." })}
      />
      <Field
        label="Password"
        type="password"
        autoComplete="current-password"
        autoFocus={fixedUser}
        fullWidth
        error={!!errors.password}
        helperText={errors.password?.message ?? ""}
        {...register("password", { required: "Type your password." })}
      />
      <Button type="submit" variant="contained" size="medium" loading={isLoading}>
        Log in
      </Button>
      {demo && (
        <DemoUsers
          demo={demo}
          onTake={(name) => {
            setValue("username", name, { shouldValidate: true });
            setValue("password", demo.password, { shouldValidate: true });
          }}
        />
      )}
    </Stack>
  );
}

function DemoUsers({ demo, onTake }: { demo: DemoLogin; onTake: (username: string) => void }) {
  return (
    <Box component="section" aria-label="Demo users">
      <Typography variant="body2" color="textSecondary">
        Development: take a demo user. The password of all is <code>{demo.password}</code>.
      </Typography>
      <Stack direction="row" useFlexGap sx={{ flexWrap: "wrap", gap: 0.75, mt: 0.75 }}>
        {demo.users.map(({ username, roles }) => (
          <Button
            key={username}
            variant="outlined"
            onClick={() => onTake(username)}
            sx={{ flexDirection: "column", py: 0.25 }}
          >
            {username}
            <Typography component="span" variant="caption" color="textSecondary">
              {roles.map(words).join(", ")}
            </Typography>
          </Button>
        ))}
      </Stack>
    </Box>
  );
}
