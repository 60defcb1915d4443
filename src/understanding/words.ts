/** One word of a text; `end` leaves out a possessive ending. */
export type Word = { raw: string; folded: string; start: number; end: number; possessive: boolean }

/** Lower case, without accents, apostrophes, hyphens and spaces: how names and words are compared. */
export function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}|[^\p{L}\p{N}]/gu, '').toLowerCase()
}

/** The words of a text with their places; "Dana's" is Dana, possessive. */
export function readWords(text: string): Word[] {
  return [...text.matchAll(/[\p{L}\p{N}][\p{L}\p{N}\p{M}]*(?:['’\-.](?=[\p{L}\p{N}])[\p{L}\p{N}\p{M}]+)*/gu)].map((match) => {
    const raw = match[0]
    const own = raw.replace(/['’]s$/i, '')
    return { raw: own, folded: fold(own), start: match.index, end: match.index + own.length, possessive: own !== raw || /^['’](?:\s|$)/.test(text.slice(match.index + raw.length)) && raw.endsWith('s') }
  })
}

/** Words of grammar: never a name on their own, whoever is called so. */
const grammar = new Set(
  `a about again ago all also am an and any anybody anyone anything are as at away back be because been before being both but by came can cant cannot come comes coming could couldnt cos
  did didnt do does doesnt doing done dont down each either else ever every everybody everyone everything first for from get gets getting give go goes going gone got had has hasnt have havent having
  he hed hell her here hers herself hes hey hi him himself his how i id if ill im in into is isnt it its itself ive just last left let lets like looks made make makes many maybe me meant might mine more most much
  must my myself need needs neither never new next nice no nobody none nope nor not nothing now of off ok okay old on once one only onto or other our ours out over own please pls put rather really said same say
  says she shed shes should so some somebody someone something soon still such sure take takes than thanks that thats the their them then there these they theyre thing this those though through to too took under
  until up us use using very via want wanted wants was wasnt we well were weve what whats when whens where which while who whos whose why with without wont would wouldnt yes yet yep you your youre ma sir mrs mr ms miss madam
  el la los las un una de del para por con que y en a su mi es esta hola gracias`.split(/\s+/),
)

/** Everyday and salon words that some people are also called by: a name only where a name must stand, or with a second name. */
const everyday = new Set(
  `access account accept afternoon age agree alarm allergic allergies allergy allow almost already always amount answer answered answering apply appointment appointments appt appts approval approve april ask asked asking august
  autumn available baby bad bail bald band bang bank banks bar beauty bell best better big bill birthday bit black blonde blond blow blue bob book booked booking bookings books box boy brave break bring brow brown brush bump
  busy buy call called calling calls camera cancel cancellation cancelled canceled cancelling card case cash cast chair chance change changed charge chase check checked child children clean client clients close
  closed coat cold color colored colour column combo comment confirm confirmation confirmed consult cook cool correct cost couldve count couple course cover cream curl customer customers cut daily dark daughter dawn day days deal
  dear deep delay delete deposit desk diary discount doctor dog draft drop dry due dye early easy email end ends enough eve evening extra eye eyes face fair family fan far fast father fee fees few field file fill find fine
  finish fire fit fix flake flaky flat foil foils follow food form formula forms forward found four free fresh friday friend friends front full gap gaps gel gift girl glad gloss going gold good grand grant great green
  gray grey grow guest guy guys hair hand hands handle happen happens happy hard hat heart heat held hello help high highlights hill hit hold hole home honey hope hot hour hours house husband ice
  idea info instead july june just keep kept kid kids kind king knew know known lady lane large lash late later law lead leave leaves leaving length less level lift light line list little live long look
  looking lost lot loud love low luck lunch mail main man manager manicure march mark marked massage master match matter may mean means meet member membership mention mess message midday mind minute minutes mint miss missed missing mix moment
  monday money month months moon morning mother mouth move moved moving mum mom must nail nails name named names near neck nice night noon normal note notes number numbers oil open opening openings order owe own owner
  pack package page paid pain park parking part partner party pat patch pay pearl people per perm pet pets phone phoned photo pick picked picking piece pink place plan play point policies policy possible post
  prefer prefers present press pretty price prices problem process product products profile proposal proposals pull push quick quiet quite rain ran rang rate reach reached read ready reason rebook receipt record
  red redo refund regular regulars remember remind reminder remove reschedule rich right ring ringing risk risks risky rob rock rod roll room root roots rose round rude rule rules run running sage salon sand saturday save saw
  schedule scheduled scratch script search season seat second see seeing seen sell send sent serve service services set shade shampoo share sharp shift short show showed shows shut sick side sign silk silver simple sing sister sit
  skin skip sky slot slots small smart snow soft son song sorry sort space speak spoke spot spots spring squeeze staff stand star start started status stay step stone stop store story straight strong student style stylist
  sue summer summary sun sunday sunny supposed swap sweet swim switch system table take talk talked tall tan tea team tell text thank thick thin think thought thread thursday time times tint tip tips today told tomorrow tone toner
  tonight took top touch tough track treat treatment tried trim trouble try trying tuesday turn turned two type unable understand upset usual vip visit visits voice voicemail wait waiting waitlist waitlisted walk walked
  wall want warm wash water waters wax way web wednesday week weekend weeks weird west wet white wide wife will win wind winter wish woman women wonder wood word work worked working works world worried worse worth write wrong
  wrote year years yellow young yesterday arrived arrive arrives noshow reply replied regarding client's guests upcoming forecast pending likely talking points wants balayage facial updo highlight haircut blowout blowdry keratin`.split(/\s+/),
)

/** Everyday words that are also given names common enough to be meant where a name stands ("is will in", "cancel may's 3pm"). */
const givenNames = new Set('will may mark april june hope bill dawn rose art sue pat rob grant chase eve summer pearl bob autumn rich sage star honey'.split(' '))

export function isGrammar(folded: string): boolean {
  return grammar.has(folded)
}

/** Whether a word is an ordinary one: then it is a person only with better evidence than being written. */
export function isOrdinary(folded: string): boolean {
  return grammar.has(folded) || everyday.has(folded) || /^\d+$/.test(folded)
}

export function isAlsoGivenName(folded: string): boolean {
  return givenNames.has(folded)
}
