/** A channel as it is typed, and as the service takes it. */
import type { Channel, ChannelTerms } from "../../api/generated/api";

export interface ChannelForm
  extends Required<Omit<ChannelTerms, "url" | "secret" | "quiet_from" | "quiet_to">> {
  url: string;
  secret: string;
  quiet_from: string;
  quiet_to: string;
}

const BEGINNING: ChannelForm = {
  name: "",
  kind: "EMAIL",
  url: "",
  body: "JSON",
  recipients: [],
  secret: "",
  severity: "WARNING",
  rules: [],
  groups: [],
  quiet_from: "",
  quiet_to: "",
  digest: "NONE",
  enabled: true,
};

export function formOf(channel: Channel | null): ChannelForm {
  if (!channel) return BEGINNING;
  const { name, kind, url, body, recipients, secret, severity, rules, groups, digest, enabled } = channel;
  const { quiet_from, quiet_to } = channel;
  return {
    ...{ name, kind, body, recipients, severity, rules, groups, digest, enabled },
    url: url ?? "",
    secret: secret ?? "",
    quiet_from: quiet_from ?? "",
    quiet_to: quiet_to ?? "",
  };
}

/** Whether the channel has a list of recipients: mails, and phone numbers of an SMS provider. */
export function hasRecipients({ kind, body }: Pick<ChannelForm, "kind" | "body">): boolean {
  return kind === "EMAIL" || body === "SMS";
}

/** What is sent; what the kind has not, such as the address of a mail's webhook, is left out. */
export function termsOf(form: ChannelForm): ChannelTerms {
  const isWebhook = form.kind === "WEBHOOK";
  const stated = (text: string) => text.trim() || null;
  return {
    ...form,
    name: form.name.trim(),
    url: isWebhook ? stated(form.url) : null,
    body: isWebhook ? form.body : "JSON",
    secret: isWebhook ? stated(form.secret) : null,
    recipients: hasRecipients(form) ? form.recipients : [],
    quiet_from: stated(form.quiet_from),
    quiet_to: stated(form.quiet_to),
  };
}

const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;

/** What is missing or wrong before anything is sent, all at once; the service looks at the rest. */
export function faultsOf(form: ChannelForm): Record<string, string> {
  const faults: Record<string, string> = {};
  if (form.name.trim() === "") faults.name = "Type a name.";
  if (form.kind === "WEBHOOK" && form.url.trim() === "") faults.url = "Type the address of the webhook.";
  if (hasRecipients(form) && form.recipients.length === 0)
    faults.recipients = "Type at least one recipient, then Enter.";
  for (const name of ["quiet_from", "quiet_to"] as const) {
    const typed = form[name].trim();
    const other = form[name === "quiet_from" ? "quiet_to" : "quiet_from"].trim();
    if (typed !== "" && !TIME.test(typed)) faults[name] = "Type a time such as 22:00.";
    if (typed === "" && other !== "") faults[name] = "Type both times, or neither.";
  }
  return faults;
}

/** Errors of the service by the fields on the screen: recipients.0 is of the list. */
export function errorsByField(errors: Readonly<Record<string, string>>): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [path, message] of Object.entries(errors)) found[path.split(".")[0] ?? path] ??= message;
  return found;
}
