import { Box, Typography } from "@mui/material";
import { memo, type ReactNode } from "react";
import type { SecurityHit } from "../../../api/generated/api";
import { Empty } from "../../../kit/states";
import { Analytics, Holders, Terms } from "../../securities/BondPanel";
import { SampleOrder } from "./SampleOrder";

const LARGEST_HOLDERS = 8;

/** Beside the fields: what the chosen bond is, and who holds it. */
export const BondSide = memo(function BondSide({ bond }: { bond: SecurityHit | null }) {
  if (!bond) {
    return (
      <Empty title="No bond chosen" action={<SampleOrder />}>
        Its terms, its risk numbers and the accounts that hold it are shown here.
      </Empty>
    );
  }
  return (
    <Box
      component="section"
      aria-label="Chosen bond"
      sx={{ display: "grid", gridTemplateColumns: "minmax(0, 1fr)", gap: 2, alignContent: "start" }}
    >
      <Part title={bond.description}>
        <Terms securityId={bond.cusip} />
      </Part>
      <Part title="Risk numbers">
        <Analytics securityId={bond.cusip} />
      </Part>
      <Part title="Who holds it">
        <Holders securityId={bond.cusip} most={LARGEST_HOLDERS} />
      </Part>
    </Box>
  );
});

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Box>
      <Typography variant="h3" sx={{ mb: 0.5 }}>
        {title}
      </Typography>
      {children}
    </Box>
  );
}
