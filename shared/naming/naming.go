// Package naming provides search for names of persons and organisations, in Chinese and in Latin script, with reasons.
package naming

import (
	"shixin/shared/subject"
)

// Algorithm names how names are compared. It changes whenever the same two names would score otherwise, and every answer
// carries it, so that a decision can be explained years later.
const Algorithm = "shixin-names/2"

// DefaultThreshold is the score from which a name is worth a look, where who asks sets none. A name alone proves nothing.
const DefaultThreshold = 0.75

// ScreeningThreshold is the score for names that are asked by the thousand, where who asks sets none. It leaves out what only a
// reader who looks for one name wants to see: a Chinese name of three characters that differs in one of them, which of the
// names of a long list nearly every name does.
const ScreeningThreshold = 0.8

// Name is one name of an entity as its source writes it.
type Name struct {
	Text   string
	Lang   string // BCP 47; empty is not known
	Former bool   // no longer borne
}

// Entity is what can be found: who a listing is about.
type Entity struct {
	ID        string // of the listing, unique in a list
	Kind      subject.Kind
	Names     []Name
	Region    string // GB/T 2260, two, four or six digits; empty is not known
	BirthYear int    // 0 is not known
	Published bool   // may be found by anyone
	Payload   []byte // kept for whoever built the list, and not looked into
}

// How says in which way two words met, or why one counts less or not at all.
type How string

// Ways in which words meet, from the surest on, and what is said of words that meet none.
const (
	Exact        How = "exact"        // the same letters
	Variant      How = "variant"      // the same in simplified characters
	Spelling     How = "spelling"     // another transliteration of the same sound
	Joined       How = "joined"       // written as one word in one name and as two in the other
	Pinyin       How = "pinyin"       // characters in one name and their sound in the other
	Homophone    How = "homophone"    // other characters of the same sound
	Typo         How = "typo"         // a few letters apart
	Abbreviation How = "abbreviation" // the beginning of the word, or its usual short form
	Translation  How = "translation"  // another word of the same meaning
	Within       How = "within"       // one region lies in the other
	Initial      How = "initial"      // its first letter
	Order        How = "order"        // the words stand in another order
	OnlyQuery    How = "only-query"   // the listed name does not have the word
	OnlyListed   How = "only-listed"  // the query does not have the word
	Conflict     How = "conflict"     // regions or years of birth that exclude one another
	Agrees       How = "agrees"       // a region or year of birth that was asked for
	Weak         How = "weak"         // what met is a legal form, a region or a trade, or too short or common to tell
)

// Reason is one part of why a name scored as it did.
type Reason struct {
	How    How
	Query  string  // the word of the query, as compared; empty where there is none
	Listed string  // the word of the listed name, as compared; empty where there is none
	Part   string  // what the word is: core, region, trade, form or particle; empty where it is not about a word
	Cost   float64 // what it took from a score of 1
}
