import type { CallOutcome, Slots, StatusChange } from './reading.ts'

/** In order: the first that fits is what came of the call. */
const outcomes: [CallOutcome, RegExp][] = [
  ['wrong-number', /wrong (?:number|person|phone|one|#)|\b(?:not|isn['’]?t|never) .{1,25}(?:number|phone)(?: any ?more)?\b(?! answer)|(?:number|phone|line|#).{0,30}(?:is|was|['’]s|isn['’]?t|not|no longer)\s*(?:a )?(?:wrong|bad|dead|disconnected|out of service|in service|in use|working|invalid|valid|cut off|hers|his|theirs|right)|disconnected|not in service|bad number|someone else answered|not (?:her|his|their) (?:number|phone)/i],
  ['skipped', /\bskip(?:ped|ping)?\b|no need to (?:call|ring|phone)|(?:don['’]?t|do not|not|won['’]?t) (?:be )?(?:call|ring|phone|bother calling|calling|ringing)|leave .{1,20} off|no call needed/i],
  ['voicemail', /voice ?mail|\bvm\b|left (?:(?:her|him|them|\p{L}+(?: \p{L}+)?) )?(?:a |an? )?(?:message|msg|note on)|answer(?:ing)? ?(?:machine|phone)|answerphone|left (?:a )?(?:word|msg)|\bmessage on (?:her|his|their)/iu],
  ['no-answer', /(?:no|without|not|didn['’]?t|did not|doesn['’]?t|isn['’]?t|won['’]?t|never|wouldn['’]?t|aint|ain['’]?t|not) (?:an )?(?:answer|pick|get (?:through|hold)|respon|repl)|no (?:reply|response|luck|joy|pick)|no[- ]?answer|couldn['’]?t (?:reach|get)|can['’]?t (?:reach|get (?:hold|through))|unable to reach|rings? out|rang out|(?:line|phone|number|it)(?: is| was|['’]s)? ?(?:busy|engaged)|(?:was|is) busy|hung up|nobody (?:answered|picked)|no one (?:answered|picked)|unreachable|just (?:rings|rang)|still ringing|not reachable|didn['’]?t get (?:him|her|hold)/i],
  ['reached-cancelled', /(?:wants?|wanted|asked|needs?|had|has|decided|going) to cancel|cancell?ed\b|cancell?ing|(?:not|isn['’]?t|won['’]?t be|ain['’]?t) (?:coming|going to come|making it|be coming|able to come)|won['’]?t (?:come|make it|be in)|can(?:['’]?t|not) (?:come|make it)|pulled out|backed out|called it off/i],
  ['reached-moved', /\b(?:moved|rescheduled|rebooked|postponed|moving|rescheduling|switching|switched)\b|(?:wants?|wanted|asked|needs?|had|prefers?|likes?|going|agreed) to (?:move|reschedule|rebook|change|push|come (?:later|earlier|another|a different))|(?:another|different|new|other|later|earlier) (?:day|time|date)|push(?:ed|ing) (?:it|her|him|to)|switched to/i],
  ['reached-confirmed', /confirm|(?:is|are|['’]s|was|be|she['’]?s|he['’]?s|they['’]?re|shes|hes) (?:definitely |still |all |def |100% )?(?:coming|good|set|on|fine|in|here|there)\b|said yes|says yes|all (?:good|set|fine)|will be (?:here|there|in)|['’]?ll be (?:here|there|in)|see (?:us|you) (?:then|there)|coming in|good to go|on (?:her|his|their) way|\byes\b|looking forward|\bcoming\b|still on|happy with|(?:will|gonna|going to|can|able to) (?:make it|come|be)/i],
]

const statuses: [StatusChange, RegExp][] = [
  ['no_show', /no[- ]?show|(?:never|didn['’]?t|did not|hasn['’]?t|not) (?:show|turn|come|came|appear|arrive|shown|turned|bother)|stood us up|ghosted/i],
  ['arrived', /arriv|check(?:ed)?[- ](?:\S+ ){0,3}in\b|\bcheck(?:ed)?[- ]in\b|(?:is|['’]s|s|are) (?:already |now |just )?(?:here|in the (?:chair|salon|building|waiting)|at (?:the )?(?:desk|reception|front|door)|waiting|sitting)|(?:walked|came|come|got|turned|showed) (?:in|up|here|through)|\bhere (?:now|already|for)\b|in the waiting|\bhere[.!]?$|waiting (?:at|in)|just in\b/i],
  ['confirmed', /confirm/i],
]

/** What came of a call, when the text says so. */
export function readOutcome(text: string): CallOutcome | undefined {
  return outcomes.find(([, pattern]) => pattern.test(text))?.[0]
}

export function readStatus(text: string): StatusChange | undefined {
  return statuses.find(([, pattern]) => pattern.test(text))?.[0]
}

const noteLead = [
  /^\s*(?:please |pls |can you |could you |just |quick )*(?:add|make|put|leave|save|write|create|drop|take|stick|pop|jot(?: down)?)?\s*(?:a |an |this |new |quick |another )*(?:notes?|memo|comment|reminder)\b.*?(?::|\s[-–—]\s|\b(?:that|saying|says|to say|reading)\b)\s*(?<note>.+)$/is,
  /(?::|\s[-–—]\s)\s*(?<note>.+)$/s,
  /["“](?<note>[^"”]+)["”]/s,
  /\b(?:note|remember|write(?: down)?|jot(?: down)?|record|log|know|down|file|profile|notes?|card|record)\b.{0,60}?\b(?:that|saying|to say)\s+(?<note>.+)$/is,
]

/** The words of a note, without "add a note that". `after` is where the client's name ended. */
export function readNote(text: string, after: number | undefined): { note: string; start: number } | undefined {
  for (const lead of noteLead) {
    const note = lead.exec(text)?.groups?.note
    if (note !== undefined) return { note: clean(note), start: text.lastIndexOf(note) }
  }
  // "note priya likes tea", "write on keisha's file she always runs late": what follows the name and the place it is kept.
  if (after === undefined) return undefined
  const rest = text.slice(after).replace(/^['’]s?/, '').replace(/^[\s,]*(?:(?:profile|file|card|record|notes?|chart|account|appointment|booking)\b[\s,]*)?(?:(?:about|with|that|saying)\b\s*)?/i, '')
  return rest.trim() === '' || /^[\s.!?]*$/.test(rest) ? undefined : { note: clean(rest), start: text.length - rest.length }
}

function clean(note: string): string {
  return note.trim().replace(/[,.;]?\s*(?:please |pls |can you |could you )?(?:(?:make|add|take|put) (?:a |this in the |that in (?:her|his) ))notes?(?: of (?:it|that|this))?(?:,? please)?[.!]?$/i, '').replace(/^["“']|["”']$/g, '').trim()
}

/** Small things said in passing: how many, how risky, a telephone number, a reason, a proposal's id, "her" for a name. */
export function readDetails(text: string): Pick<Slots, 'limit' | 'band' | 'phone' | 'reason' | 'proposalId' | 'refersBack'> {
  const limit = limitIn(text)
  const band = /\b(high|medium|low)[- ]?(?:est )?(?:risk|band|chance)|\brisk(?: is|:)? (high|medium|low)\b/i.exec(text)
  const phone = /(?<![\d:/])(?:\+?\(?\d[\d ().-]{5,}\d)(?![\d:/])/.exec(text)?.[0].replace(/\D/g, '')
  const reason = /\b(?:because|cause|cos|cuz|coz|due to|reason(?: is|:)?|as (?=she|he|they))\s*:?\s*(.+?)[.!]?$/i.exec(text)?.[1] ?? /,\s*((?:she|he|they)(?:['’]?s|['’]?re| is| are| has| have)\s+(?!coming|confirmed|cancelling|moving|not coming).+?)(?:,|[.!]?$)/i.exec(text)?.[1]
  const proposalId = /(?:\b(?:proposal|change|request|approve|reject|undo)\s+(?:number |no\.? |id )?#?|#)((?=[\p{L}-]*\d)[\p{L}\d-]+)/iu.exec(text)?.[1]
  const refersBack = /\b(?:her|him|them|it|(?:that|this) (?:one|appointment|slot|spot|time|gap|booking|client|person)|she|shes|he|hes|they|their|theirs|hers|his|same (?:client|person))\b|['’]em\b/i.test(text)
  return {
    ...(limit !== undefined && { limit }),
    ...(band && { band: (band[1] ?? band[2])!.toLowerCase() as 'low' | 'medium' | 'high' }),
    ...(phone !== undefined && phone.length >= 7 && !/^\d{8}$/.test(phone) && { phone }),
    ...(reason !== undefined && { reason }),
    ...(proposalId !== undefined && { proposalId }),
    ...(refersBack && { refersBack: true as const }),
  }
}

const small: Record<string, number> = { two: 2, three: 3, four: 4, five: 5, six: 6, seven: 7, eight: 8, nine: 9, ten: 10, dozen: 12 }

function limitIn(text: string): number | undefined {
  const number = String.raw`(\d{1,2}|${Object.keys(small).join('|')})`
  const found = new RegExp(String.raw`\b(?:top|first|next|best|worst) ${number}\b(?! ?(?:am|pm|o['’]?clock|days|weeks|:))|\b${number} (?:\w+ )?(?:riskiest|worst|likeliest|most|highest|best|calls|clients to|people to|names)\b`, 'i').exec(text)
  const written = (found?.[1] ?? found?.[2])?.toLowerCase()
  return written === undefined ? undefined : (small[written] ?? Number(written))
}
