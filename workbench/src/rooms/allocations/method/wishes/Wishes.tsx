import { Box, Divider, Stack, Typography } from "@mui/material";
import { useState } from "react";
import { usePermission } from "../../../../session/usePermission";
import { useAppSelector } from "../../../../store";
import { selectDraft } from "../../draftSlice";
import { FaceInput, Flag } from "../fields";
import { Section } from "../Section";
import { useConstraints } from "../useDraftParts";
import { CashWishes } from "./CashWishes";
import { Exclusions } from "./Exclusions";
import { Limits } from "./Limits";
import { Tiers } from "./Tiers";
import { wishesText } from "./wishes";

/** The wishes of this order; closed, they are one line. */
export default function Wishes() {
  const { constraints, side, method, parameters, refused } = useAppSelector(selectDraft);
  const [opened, setOpened] = useState(false);
  const tiers = method === "CUSTOM_WEIGHTS" ? [] : (parameters[method]?.tiers ?? []);
  const faulty = Object.keys(refused).some((path) => /^(constraints|parameters\.tiers)\b/.test(path));
  const open = opened || faulty;
  return (
    <Section
      title="Wishes of this order"
      summary={wishesText(constraints, tiers, side)}
      open={open}
      onToggle={() => setOpened(!open)}
    >
      <Stack spacing={2} divider={<Divider flexItem />}>
        <Part title="Accounts left out">
          <Exclusions />
        </Part>
        <Part title="Least, most or exactly, by account">
          <Limits />
        </Part>
        <Part title="Served first">
          <Tiers />
        </Part>
        <Part title={side === "BUY" ? "Cash" : "Rest of a position"}>
          <CashWishes />
        </Part>
        <Part title="Round amounts">
          <Rounding />
        </Part>
      </Stack>
    </Section>
  );
}

function Part({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <Box
      role="group"
      aria-label={title}
      sx={{ display: "grid", gap: 1, gridTemplateColumns: { xs: "1fr", lg: "190px minmax(0, 1fr)" } }}
    >
      <Typography variant="h3" component="h3">
        {title}
      </Typography>
      <Box>{children}</Box>
    </Box>
  );
}

function Rounding() {
  const [constraints, change] = useConstraints();
  const mayBypass = usePermission("compliance:bypass");
  return (
    <Stack spacing={0.5}>
      <Stack direction="row" useFlexGap sx={{ flexWrap: "wrap", columnGap: 3 }}>
        <FaceInput
          label="Multiples of"
          help="Constraints.round_to"
          path="constraints.round_to"
          value={constraints.round_to}
          onChange={(round_to) =>
            change({ round_to, ...(round_to === undefined ? { round_to_above_only: undefined } : {}) })
          }
        />
        <FaceInput
          label="Smallest amount"
          help="Constraints.min_allocation"
          path="constraints.min_allocation"
          value={constraints.min_allocation}
          onChange={(min_allocation) => change({ min_allocation })}
        />
      </Stack>
      <Flag
        label="Round only amounts above one multiple"
        help="Constraints.round_to_above_only"
        path="constraints.round_to_above_only"
        checked={constraints.round_to_above_only ?? false}
        onChange={(checked) => change({ round_to_above_only: checked || undefined })}
        why={constraints.round_to ? undefined : "Enter the multiple first."}
      />
      <Flag
        label="On the bond's grid of increments"
        help="Constraints.round_to_denomination"
        path="constraints.round_to_denomination"
        checked={constraints.round_to_denomination ?? true}
        onChange={(checked) => change({ round_to_denomination: checked ? undefined : false })}
      />
      {mayBypass && (
        <Flag
          label="Check compliance rules"
          help="Constraints.compliance_check"
          path="constraints.compliance_check"
          checked={constraints.compliance_check ?? true}
          onChange={(checked) => change({ compliance_check: checked ? undefined : false })}
        />
      )}
    </Stack>
  );
}
