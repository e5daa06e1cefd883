import { Box, ButtonBase, Typography } from "@mui/material";
import { type KeyboardEvent, useEffect, useRef } from "react";
import { CheckIcon } from "../../../kit/icons";
import { Tip } from "../../../kit/Tip";
import { STEPS, type StepPath } from "./steps";

/** The steps with their numbers, marks for those that are done, and why one cannot be opened yet. */
export function Stepper({
  current,
  done,
  blocked,
  onOpen,
}: {
  current: StepPath;
  done: ReadonlySet<StepPath>;
  /** Why the steps after the first cannot be opened; null where they can. */
  blocked: string | null;
  onOpen: (step: StepPath) => void;
}) {
  const list = useRef<HTMLOListElement>(null);
  useEffect(() => {
    const press = (event: globalThis.KeyboardEvent) => {
      const step = STEPS[Number(event.key) - 1];
      if (!event.altKey || event.ctrlKey || event.metaKey || !step) return;
      if (document.querySelector('[role="dialog"]')) return;
      event.preventDefault();
      onOpen(step.path);
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [onOpen]);
  const shown = useRef(current);
  useEffect(() => {
    // After a step was left, focus waits where the steps are, unless the new one has taken it.
    if (shown.current !== current && document.activeElement === document.body)
      list.current?.querySelector<HTMLElement>('[aria-current="step"]')?.focus();
    shown.current = current;
  }, [current]);
  const move = (event: KeyboardEvent) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by || !list.current) return;
    const buttons = [...list.current.querySelectorAll("button")];
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    buttons[Math.min(Math.max(at + by, 0), buttons.length - 1)]?.focus();
    event.preventDefault();
  };
  return (
    <Box component="nav" aria-label="Steps" sx={{ mb: 2 }}>
      <Box
        component="ol"
        ref={list}
        onKeyDown={move}
        sx={{ display: "flex", flexWrap: "wrap", gap: 0.5, m: 0, p: 0, listStyle: "none" }}
      >
        {STEPS.map((step, index) => {
          const closed = index > 0 && blocked !== null;
          return (
            <li key={step.path}>
              <Step
                number={index + 1}
                title={step.title}
                current={step.path === current}
                done={done.has(step.path)}
                closed={closed ? blocked : null}
                onOpen={() => onOpen(step.path)}
              />
            </li>
          );
        })}
      </Box>
    </Box>
  );
}

function Step(props: {
  number: number;
  title: string;
  current: boolean;
  done: boolean;
  closed: string | null;
  onOpen: () => void;
}) {
  const { number, title, current, done, closed, onOpen } = props;
  const button = (
    <ButtonBase
      onClick={onOpen}
      aria-current={current ? "step" : undefined}
      aria-disabled={closed !== null || undefined}
      aria-keyshortcuts={`Alt+${number}`}
      sx={{
        gap: 0.75,
        px: 1,
        py: 0.5,
        borderRadius: 1,
        borderBottom: 2,
        borderColor: current ? "primary.main" : "transparent",
        color: current ? "primary.main" : "text.secondary",
        "&:hover": { bgcolor: "action.hover" },
      }}
    >
      <Box
        component="span"
        sx={{
          width: 20,
          height: 20,
          borderRadius: "50%",
          display: "grid",
          placeItems: "center",
          fontSize: "0.75rem",
          fontWeight: 650,
          border: 1,
          borderColor: "currentColor",
          borderStyle: closed === null ? "solid" : "dashed",
        }}
      >
        {done ? <CheckIcon titleAccess="Done:" sx={{ fontSize: 14 }} /> : number}
      </Box>
      <Typography component="span" sx={{ fontWeight: current ? 650 : 500 }}>
        {title}
      </Typography>
    </ButtonBase>
  );
  return closed === null ? button : <Tip title={closed}>{button}</Tip>;
}
