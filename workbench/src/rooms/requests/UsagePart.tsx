import { Box, Table, TableBody, TableCell, TableHead, TableRow, Typography } from "@mui/material";
import { useState } from "react";
import { useShowUsageQuery } from "../../api/generated/api";
import { count, UNKNOWN, words } from "../../kit/format";
import { Empty, ErrorNote, Loading } from "../../kit/states";

const DAYS = 30;

function daysAgo(days: number): string {
  return new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
}

const seconds = (value: number | null) => (value === null ? UNKNOWN : `${count(value)} s`);

/** Which pages and steps are used, and how long an order takes to make: counts alone, no content and no names. */
export function UsagePart() {
  const [period] = useState(() => ({ dateFrom: daysAgo(DAYS), dateTo: daysAgo(-1) }));
  const { data, error, refetch } = useShowUsageQuery(period);
  if (error) return <ErrorNote error={error} onRetry={refetch} />;
  if (!data) return <Loading label="Loading the usage" height={200} />;
  if (data.pages.length === 0)
    return <Empty title="Nothing was counted yet">Pages are counted every 15 seconds.</Empty>;
  const { count: orders, median_seconds, p90_seconds } = data.order_to_commit;
  return (
    <>
      <Typography color="textSecondary" sx={{ mb: 1 }}>
        {orders === 0
          ? `No order was committed from the workbench in the last ${DAYS} days.`
          : `${orders === 1 ? "1 order" : `${count(orders)} orders`} in the last ${DAYS} days took ${seconds(median_seconds)} from entry to commit (median), nine of ten at most ${seconds(p90_seconds)}.`}
      </Typography>
      <Box sx={{ display: "grid", gridTemplateColumns: { md: "1fr 1fr" }, gap: 3, alignItems: "start" }}>
        <Counts
          title="Pages"
          head={["Page", "Opened", "Users"]}
          rows={data.pages.map((page) => [words(page.name), count(page.count), count(page.users)])}
        />
        <Counts
          title="Steps"
          head={["Step", "Left", "Median time"]}
          rows={data.steps.map((step) => [
            words(step.name.replaceAll("-", " ")),
            count(step.count),
            seconds(step.median_seconds),
          ])}
        />
      </Box>
    </>
  );
}

function Counts({ title, head, rows }: { title: string; head: string[]; rows: string[][] }) {
  return (
    <Table aria-label={title}>
      <TableHead>
        <TableRow>
          {head.map((name, index) => (
            <TableCell key={name} align={index === 0 ? "left" : "right"}>
              {name}
            </TableCell>
          ))}
        </TableRow>
      </TableHead>
      <TableBody>
        {rows.map(([name, ...values]) => (
          <TableRow key={name}>
            <TableCell component="th" scope="row">
              {name}
            </TableCell>
            {values.map((value, index) => (
              <TableCell key={head[index + 1]} align="right">
                {value}
              </TableCell>
            ))}
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
