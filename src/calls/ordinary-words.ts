/**
 * Words that may begin a sentence of a script, or stand in it although some client, staff member or service is
 * called so (Will, May, Grace; "cut" is not here). Any other capitalised word counts as a name.
 */
export const ordinaryWords: ReadonlySet<string> = new Set(`
a about after again ahead all also an and any anything are around as ask at available be because been before best better bit book booked booking both but by bye
call calling can can't care check checking come coming confirm confirmed confirming could day days did do does doesn't don't down drop early easier either else everything
expect expecting feel few find fine fit for forward free friendly from front get give glad go going good got great had happy has hasn't have haven't hear heard hello help here here's hey hi
hold hope hoping how i i'd i'll i'm i've if in is isn't it it'll it's its just keep kind know late later let let's like little look looking lovely make may maybe me
meet meeting message minute moment more much my need needs nice no not now of off ok okay on once one only or other our out over perfect phone please plan plans point pop
quick quickly reach ready really remind reminder reply right safe salon say see seeing set should shall so some something soon sooner sorry speak spot still stop suit suits sure
take talk team tell text thank thanks that that'd that's the them then there there's they thing things think this time times to too touch try trying until up us usual very visit
want wanted was way we we'd we'll we're we've welcome well what what's when whenever where whether which while will wish with won't word work working works would wouldn't
yes you you'd you'll you're you've your yours desk appointment appointments works schedule scheduled otherwise nothing simply hopefully perhaps did unless ring prefer keep sounds excuse were who why hope hello anything every everyone same convenient absolutely thought wanted whichever completely totally change move moved instead another different date reschedule hear back
`.trim().split(/\s+/))

/** Numbers and clock times in words. "One" only where it is a time or a count, as it is mostly "another one". */
export const numberWords = /\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|dozen|half past|half an hour|quarter (?:past|to|after)|o'clock|(?:at|by|from|until|before|after|around) one\b|one (?:pm|am|thirty|fifteen|hundred)|hours?|minutes?(?= (?:earlier|later|long)))\b/i
