import {
  Alert,
  Box,
  Link,
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableRow,
  Typography,
} from "@mui/material";
import { Link as RouterLink } from "react-router-dom";
import type { MarketFinding, MarketImportReport } from "../../api/generated/api";
import { count } from "../../kit/format";
import { Section } from "../../kit/Section";
import { assetPath } from "./history";
import { FINDINGS, placeWords, reportWords } from "./reportWords";

const SCROLLED = { overflow: "auto", maxHeight: 360 } as const;
const COUNTS = ["row_count", "new_count", "corrected_count", "unchanged_count"] as const;

/** What is in a file: the outcome, the assets, and every finding by its row. */
export function ImportReport({ report }: { report: MarketImportReport }) {
  const severity = report.refused_count > 0 ? "error" : report.findings.length > 0 ? "warning" : "success";
  return (
    <Box sx={{ width: "100%" }}>
      <Alert severity={severity} variant="outlined" role="status">
        {reportWords(report)}
      </Alert>
      {report.findings.length > 0 && <Findings report={report} />}
      <Section title="Assets of the file">
        <Box sx={SCROLLED} tabIndex={0} role="group" aria-label="Assets of the file">
          <Table aria-label="Assets of the file">
            <TableHead>
              <TableRow>
                <TableCell>Asset</TableCell>
                <TableCell>First day</TableCell>
                <TableCell>Last day</TableCell>
                <TableCell align="right">Rows</TableCell>
                <TableCell align="right">New</TableCell>
                <TableCell align="right">Corrections</TableCell>
                <TableCell align="right">As stored</TableCell>
              </TableRow>
            </TableHead>
            <TableBody>
              {report.assets.map((asset) => (
                <TableRow key={asset.symbol}>
                  <TableCell>
                    {report.dry_run ? (
                      asset.symbol
                    ) : (
                      <Link component={RouterLink} to={assetPath(asset.symbol)}>
                        {asset.symbol}
                      </Link>
                    )}
                  </TableCell>
                  <TableCell>{asset.first_date}</TableCell>
                  <TableCell>{asset.last_date}</TableCell>
                  {COUNTS.map((name) => (
                    <TableCell key={name} align="right">
                      {count(asset[name])}
                    </TableCell>
                  ))}
                </TableRow>
              ))}
            </TableBody>
          </Table>
        </Box>
      </Section>
    </Box>
  );
}

function Findings({ report: { findings, findings_left_out: more } }: { report: MarketImportReport }) {
  return (
    <Section title="Findings" note="What is refused comes first; the other rows are stored as they are.">
      <Box sx={SCROLLED} tabIndex={0} role="group" aria-label="Findings by row">
        <Table aria-label="Findings by row">
          <TableHead>
            <TableRow>
              <TableCell>Finding</TableCell>
              <TableCell>Row</TableCell>
              <TableCell>Asset</TableCell>
              <TableCell>Day</TableCell>
              <TableCell>What there is</TableCell>
            </TableRow>
          </TableHead>
          <TableBody>
            {findings.map((finding) => (
              <Finding
                key={`${finding.kind} ${finding.field} ${finding.symbol} ${finding.date}`}
                {...finding}
              />
            ))}
          </TableBody>
        </Table>
      </Box>
      {more > 0 && (
        <Typography color="textSecondary">and {count(more)} more, which are not listed</Typography>
      )}
    </Section>
  );
}

function Finding({ kind, field, symbol, date, message, is_refused }: MarketFinding) {
  return (
    <TableRow>
      <TableCell sx={{ whiteSpace: "nowrap", fontWeight: is_refused ? 650 : undefined }}>
        {FINDINGS[kind]}
        {is_refused && " (refused)"}
      </TableCell>
      <TableCell sx={{ whiteSpace: "nowrap" }}>{placeWords(field)}</TableCell>
      <TableCell sx={{ whiteSpace: "nowrap" }}>{symbol}</TableCell>
      <TableCell sx={{ whiteSpace: "nowrap" }}>{date}</TableCell>
      <TableCell>{message}</TableCell>
    </TableRow>
  );
}
