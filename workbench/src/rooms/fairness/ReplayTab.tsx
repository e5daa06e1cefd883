export default function ReplayTab() {
  return null;
}
