/** Turns of phrase that say what is wanted more plainly than likeness of meaning does. Their order is their number. */
const cues: RegExp[] = [
  /\b(?:call|calling|ring|phone|calls)\b.*\b(?:first|list|today|round|next)\b|\bcall list\b|\bwho\b.*\b(?:call|ring|phone)\b/i,
  /\bat risk\b|\briskiest\b|\bmost likely\b|\blikely to\b|\bflak(?:e|y)\b|\bhigh[- ]risk\b|\bmight not\b/i,
  /\bhow (?:risky|does|do|bad|are|is)\b.*\b(?:look|looking|risky|risk|bad)\b|\bforecast\b|\bhow risky\b|\bexpect(?:ed|ing)?\b|\brisk\b/i,
  /\bschedule\b|\bbooks?\b(?! (?:DANA|a|an|in|her|him|for)\b)|\bdiary\b|\bcalendar\b|\bcolumn\b/i,
  /\bwho(?:'s| is| are| do| does| have)?\b.*\b(?:in|coming|next|with|booked)\b/i,
  /\bfind\b|\blook(?:ing)? up\b|\bsearch|\bon file\b|\bcalled\b|\bnamed\b/i,
  /\btell me about\b|\bhistory\b|\bprofile\b|\bbefore\b|\blast (?:time|here|visit|in|come)\b|\bregular\b|\bstory\b|\ballerg/i,
  /\b(?:when|what time)\b.*\b(?:coming|booked|appointment|appt|next|in)\b|\bbooked (?:for|in)\b|\bstill (?:booked|coming|on)\b/i,
  /\b(?:free|openings?|availability|available|gaps?|slots?|open|room|space|squeeze|fit|earliest|soonest)\b/i,
  /\bpolic(?:y|ies)\b|\ballowed\b|\brules?\b|\bfees?\b|\bcharge[sd]?\b|\bdo we\b|\bare we\b|\brefund|\bdeposit|\bgift\b|\bpatch test|\bexpire|\bmembership|\bpackages?\b|\bpregnan|\bpark(?:ing)?\b|\btips?\b|\bnotice\b/i,
  /\b(?:script|word|draft|write|compose|phrase|say to|tell|talking points)\b/i,
  /\bvoice ?mail\b|\bvm\b|\b(?:pick(?:ed|ing)? up|answer|answered|answering)\b|\bleft (?:a |her |him )?(?:message|msg)|\bwrong number\b|\bspoke\b|\btalked\b|\breached\b|\btried\b|\bskip/i,
  /\bwait(?:ing)? ?list|\bwaiting for\b|\bwho (?:wants|could|can|would)\b|\bwaiting\b/i,
  /\b(?:gap|hole|opened up|opening|cancellation|vacant|just cancelled)\b/i,
  /^\W*(?:please |pls |can (?:you|u|we) |could (?:you|we) |i need to |let's )*(?:move|reschedule|push|bump|shift|switch|swap|change|bring|slide|postpone|delay|rebook)\b|\binstead\b/i,
  /^\W*(?:please |pls |can (?:you|u|we) |could (?:you|we) |i need to )*(?:cancel|cxl|remove|scrap|drop|delete)\b|\bcancel (?:it|her|his|that|please)\b|\b(?:wants?|needs?) (?:to cancel|out)\b|\boff the book/i,
  /^\W*(?:please |pls |can (?:you|u|we) |could (?:you|we) |i need to |i want to )*(?:book|schedule|make|put|add|squeeze|pencil|reserve|get|new|set up)\b/i,
  /\bnotes?\b|\bwrite\b.*\bfile\b|\bremember that\b|\bto .* (?:file|profile|notes)\b/i,
  /\b(?:show(?:ed|n)?|turn(?:ed)?) up\b|\bno[- ]?show|\b(?:didn'?t|never|hasn'?t) (?:show|come|came|turn)/i,
  /\b(?:pick(?:ed|ing)? up|answer|voice ?mail|number)\b/i,
  /\bmark\b|\bset\b.*\bto\b|\bno[- ]?show(?:ed)?\b|\barrived?\b|\b(?:is|'s|just) (?:here|in|walked|arrived)\b|\bcheck (?:in\b|DANA)|\bturn(?:ed)? up\b/i,
  /\b(?:give|offer|fill|let|slot)\b.*\b(?:gap|slot|spot|opening|waitlist|waiting list|DANA)\b/i,
  /\bapprov|\bpending\b|\bproposals?\b|\bundo\b|\breject\b/i,
  /\byou\b.*\bdo\b|\bhelp\b|\bhow (?:do i|does this|do you)\b/i,
  /^\W*(?:hi|hello|hey|hiya|morning|good (?:morning|afternoon|evening)|howdy|yo|hola|evening|afternoon)\b/i,
  /\bthank|\bthx\b|\bcheers\b|^\W*ta\b|\bappreciate/i,
  /\bnever ?mind\b|\bforget\b|\bscratch that\b|\bleave it\b|\bdon'?t (?:worry|bother)\b|\bdrop it\b/i,
  /\b(?:everyone|everybody|all (?:the |our |my )?(?:clients?|customers?|appointments?)|every client|audit|manager|admin|owner|discount|payroll|salary|weather|joke|instagram|facebook|price of|ignore)\b/i,
  /\?\s*$/,
  /^\W*(?:who|whos|which)\b/i,
  /^\W*(?:what|whats)\b/i,
  /^\W*(?:when|whens)\b/i,
  /^\W*(?:is|are|does|do|did|has|have|can|could)\b/i,
  /^\W*how\b/i,
  /\bDANA\b/i,
  /\bMAYA\b/i,
  /\bHAIRCUT\b/i,
  /\b(?:FRIDAY|TODAY|NEXT WEEK)\b/i,
  /\b3PM\b/i,
  /\bDANA\b.*\b(?:friday|3pm)\b/i,
  /^DANA\b/i,
]

export const cueCount = cues.length

/** Changes whenever a cue does, so that a fit made with other cues is not used. */
export const cueSource = cues.map(String)

/** One for each cue that a masked text shows, else zero. */
export function cuesOf(masked: string): Uint8Array {
  return Uint8Array.from(cues, (cue) => (cue.test(masked) ? 1 : 0))
}
