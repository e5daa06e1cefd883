import { Box, Button, Typography } from "@mui/material";
import type { ReactNode } from "react";
import { useParams } from "react-router-dom";
import { useGetSecurityQuery } from "../../api/generated/api";
import { Guarded } from "../../kit/Guarded";
import { NotPermitted } from "../../kit/NotPermitted";
import { Page } from "../../kit/Page";
import { ErrorNote } from "../../kit/states";
import { usePermission } from "../../session/usePermission";
import { beginOrder } from "../allocations/wizard/beginOrder";
import { Analytics, Holders, Terms } from "./BondPanel";
import { RecentAllocations } from "./RecentAllocations";

/** A bond: its terms, its risk numbers, who holds it, and what was allocated of it. */
export default function SecurityPage() {
  const { securityId = "" } = useParams();
  const permitted = usePermission("securities:read");
  const mayOrder = usePermission("allocations:preview");
  const { currentData: bond, error, refetch } = useGetSecurityQuery({ securityId }, { skip: !permitted });
  if (!permitted) return <NotPermitted title="Bond" permission="securities:read" />;
  if (error && !bond) {
    return (
      <Page title={`Bond ${securityId}`}>
        <ErrorNote error={error} onRetry={refetch} />
      </Page>
    );
  }
  const order = bond && mayOrder && (
    <Button variant="contained" onClick={() => beginOrder({ security: bond })}>
      Order this bond
    </Button>
  );
  return (
    <Page
      title={bond?.description ?? `Bond ${securityId}`}
      subtitle={bond ? `${bond.cusip} · ${bond.isin ?? "no ISIN"} · ${bond.rating ?? "no rating"}` : " "}
      actions={order}
    >
      <Box
        sx={{
          display: "grid",
          gap: 3,
          gridTemplateColumns: { xs: "minmax(0, 1fr)", lg: "minmax(0, 1fr) minmax(0, 1fr)" },
        }}
      >
        <Box sx={{ display: "grid", gridTemplateColumns: "minmax(0, 1fr)", gap: 2.5, alignContent: "start" }}>
          <Part title="Terms">
            <Terms securityId={securityId} />
          </Part>
          <Part title="Risk numbers">
            <Analytics securityId={securityId} />
          </Part>
          <Part title="Allocations of it">
            <Guarded needs="allocations:read">
              <RecentAllocations securityId={bond?.cusip} />
            </Guarded>
          </Part>
        </Box>
        <Part title="Who holds it">
          <Guarded needs="market-data:read">
            <Holders securityId={securityId} />
          </Guarded>
        </Part>
      </Box>
    </Page>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Box component="section" aria-label={title}>
      <Typography variant="h2" sx={{ mb: 0.5 }}>
        {title}
      </Typography>
      {children}
    </Box>
  );
}
