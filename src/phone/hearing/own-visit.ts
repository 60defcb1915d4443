import { foldLetters } from './fold-letters.ts'

/** "My appointment", "am I booked": words about a visit of the caller's own. Folded words. */
const own = /\b(?:(?:my|our|mi|nuestra) (?:\w+ ){0,2}(?:appointment|appt|booking|reservation|visit|cita|reserva|turno)|(?:am|was|are) (?:i|we) (?:\w+ )?(?:booked|scheduled|down|coming|on|seeing|with)|(?:i|im|we|were) (?:am |are )?(?:booked|scheduled|down for)|(?:do|did) (?:i|we) (?:still )?(?:have|book|come|need to come)|tengo (?:una |la )?(?:cita|reserva))\b/
/** What makes it a question about the rules, which anybody may ask. */
const rules = /\b(?:if|unless|policy|polic[iy]es|fees?|charged?|deposit|penalty|how (?:late|early|far|soon)|si (?:cancelo|llego|cambio|no)|politica|cargo|cobran|deposito)\b/

/** Whether words ask for a visit of the caller's own, and not for a rule about visits. Pure. */
export function asksForOwnVisit(words: string): boolean {
  const folded = foldLetters(words)
  return own.test(folded) && !rules.test(folded)
}
