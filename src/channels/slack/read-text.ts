/**
 * What a person wrote, out of Slack's markup: links by their address, channels by their name, the mention of the desk itself
 * left out, `&amp;` and its like as signs (Slack's "Formatting text for app surfaces").
 */
export function readText({ text, botUserId }: { text: string; botUserId: string }): string {
  return text
    .replaceAll(`<@${botUserId}>`, ' ')
    .replace(/<(?:#\w+\|([^>]*)|(?:https?:\/\/|mailto:|tel:)([^|>]+)(?:\|([^>]*))?)>/g, (_all, channel?: string, address?: string, label?: string) => channel ?? label ?? address ?? '')
    .replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
    .replace(/[ \t]+/g, ' ').trim()
}

/** Whether a message calls the desk by name. */
export function mentions({ text, botUserId }: { text: string; botUserId: string }): boolean {
  return text.includes(`<@${botUserId}>`)
}
