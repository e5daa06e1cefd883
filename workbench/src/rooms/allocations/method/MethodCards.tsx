import { Box, Paper, Radio, RadioGroup, Typography } from "@mui/material";
import type { AllocationMethod } from "../../../api/generated/api";
import { METHODS } from "./methods";

/** The methods side by side, each with one sentence and an example in numbers. */
export function MethodCards({
  value,
  onChange,
}: {
  value: AllocationMethod;
  onChange: (method: AllocationMethod) => void;
}) {
  return (
    <RadioGroup
      aria-label="Allocation method"
      value={value}
      onChange={(_event, method) => onChange(method as AllocationMethod)}
      sx={{ display: "grid", gap: 1, gridTemplateColumns: { xs: "1fr", md: "repeat(3, 1fr)" } }}
    >
      {METHODS.map((method) => (
        <Card key={method.value} method={method} chosen={method.value === value} />
      ))}
    </RadioGroup>
  );
}

function Card({
  method: { value, title, sentence, example },
  chosen,
}: {
  method: (typeof METHODS)[number];
  chosen: boolean;
}) {
  return (
    <Paper
      component="label"
      sx={{
        p: 1.25,
        display: "grid",
        gridTemplateColumns: "auto 1fr",
        columnGap: 1,
        cursor: "pointer",
        borderColor: chosen ? "primary.main" : "divider",
        boxShadow: chosen ? "inset 0 0 0 1px var(--mui-palette-primary-main)" : "none",
      }}
    >
      <Radio
        value={value}
        sx={{ p: 0.25, alignSelf: "start" }}
        slotProps={{ input: { "aria-label": title, "aria-describedby": `about-${value}` } }}
      />
      <Box>
        <Typography component="span" variant="h3" sx={{ display: "block", lineHeight: 1.7 }}>
          {title}
        </Typography>
        <Box id={`about-${value}`}>
          <Typography component="span" sx={{ display: "block" }}>
            {sentence}
          </Typography>
          <Typography
            component="span"
            variant="caption"
            color="textSecondary"
            sx={{ display: "block", mt: 0.5 }}
          >
            {example}
          </Typography>
        </Box>
      </Box>
    </Paper>
  );
}
