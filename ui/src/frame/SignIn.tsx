import { Button, PasswordInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { signIn } from "../api/queries";
import { Command } from "../parts/Answer";
import classes from "./SignIn.module.css";

/** The way in, when the server asks who one is. */
export function SignIn() {
  const client = useQueryClient();
  const [token, setToken] = useState("");
  const [mistake, setMistake] = useState<string>();
  const [isAsking, setAsking] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setAsking(true);
    try {
      client.setQueryData(["session"], await signIn(token.trim()));
      setToken("");
      await client.invalidateQueries();
    } catch (failure) {
      setMistake(failure instanceof Error ? failure.message : String(failure));
    } finally {
      setAsking(false);
    }
  };
  return (
    <main className={classes.panel}>
      <img src="/crow.svg" width="40" height="40" alt="" />
      <h1 className={classes.title}>Sign in to Crowsnest</h1>
      <form onSubmit={(event) => void submit(event)}>
        <PasswordInput
          label="Token"
          description="One with the role viewer, operator or admin. It is sent once; this browser keeps a session and not the token."
          value={token}
          onChange={(event) => setToken(event.currentTarget.value)}
          error={mistake}
          autoComplete="current-password"
          data-autofocus
          autoFocus
        />
        <Button type="submit" mt={12} fullWidth loading={isAsking} disabled={token.trim() === ""}>
          Sign in
        </Button>
      </form>
      <p className={classes.hint}>On the server's machine, this makes one:</p>
      <Command>crowsnest token create my-browser --role viewer</Command>
    </main>
  );
}
