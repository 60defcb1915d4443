const verb = String.raw`(?:please |pls |also |then |can you |could you |i need to |let['’]s )*(?:book|cancel|move|reschedule|rebook|add|put|note|mark|give|offer|fill|tell me|show|find|look up|draft|write|set|check in|schedule|what|when|who|how|is there|make a|make an|squeeze)\b`
const joint = new RegExp(String.raw`(?:\s*[,;]?\s+(?:and then|and also|and|then|also|plus)\s+|\s*;\s*|[.!?]\s+(?:and |then |also )*)(?=${verb})`, 'i')
const politeStart = /^\s*(?:(?:hi|hello|hey|hiya|good (?:morning|afternoon|evening)|morning|thanks|thank you|ok|okay|great|cool|perfect|right|so|oh|um|yes|yeah)(?: there| again| desk| team)?\s*[,.!;–-]+\s*|(?:hi|hello|hey|hiya|ok|okay|so|oh)\s+(?=(?:can|could|please|what|who|when|how|is|are|move|cancel|book|i)\b))+/i

/** Greeting and thanks off the front; then the first request and, untouched, what follows it. */
export function splitRequest(text: string): { first: string; rest?: string } {
  const whole = text.replace(politeStart, '').trim()
  const body = whole === '' ? text.trim() : whole
  // A note may say anything, "and" included.
  if (/\bnote\b|:\s/i.test(body)) return { first: body }
  const match = joint.exec(body)
  if (match === null || match.index === 0) return { first: body }
  const first = body.slice(0, match.index).trim()
  const rest = body.slice(match.index + match[0].length).trim()
  return first.split(/\s+/).length < 2 || rest === '' ? { first: body } : { first, rest }
}
