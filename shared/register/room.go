package register

import (
	"maps"

	"shixin/shared/fault"
	"shixin/shared/journal"
	"shixin/shared/listing"
	"shixin/shared/records"
	"shixin/shared/table"
)

// A record is bounded by what one item of the table holds. So that nobody can fill it and thereby block what another must
// do, each side has room of its own, and the authority's decisions have room left in any case.

// side is who fills the record.
type side string

const (
	proposing side = "proposal" // proposal and amendments
	subjects  side = "subject"  // what the subject itself states and asks
	paper     side = "paper"    // what an officer records for the subject, and asks
	office    side = "office"   // notices, decisions, services
)

// sideOf is the side that an event fills.
func sideOf(e listing.Event) side {
	switch e.Data.(type) {
	case listing.ProposedData, listing.AmendedData:
		return proposing
	case listing.StatedData, listing.RequestedData:
		if e.Actor.Subject {
			return subjects
		}
		return paper
	}
	return office
}

// room is what a side may fill: bytes of the sealed item as they are stored, and bytes of the listing's own item until which the
// side may still add to it. Texts are also bounded as they are read, so that an answer with all of them stays within 4 MB.
var room = map[side]struct{ sealed, state int }{
	proposing: {150_000, 200_000},
	subjects:  {100_000, 300_000},
	paper:     {50_000, 330_000},
	office:    {90_000, mostItem},
}

const (
	// mostItem leaves room for keys and attributes.
	mostItem = table.MaxItemBytes - 4096
	// plainPerSealed bounds texts as they are read, for a byte of room: repetitive texts are stored small.
	plainPerSealed = 8
	// shortWord is the bytes that a step of the authority may always add: enough for a sentence of reasons.
	shortWord = 1500
	// mostStatements is how many statements each of subject and officers may put on file: a decision answers all of them.
	mostStatements = 100
)

// used is what a side has filled.
type used struct {
	Sealed int `json:"sealed"`
	Plain  int `json:"plain"`
}

// charge counts what a step adds to the sealed item against the room of its side.
func charge(all map[side]used, e listing.Event, added used) (map[side]used, error) {
	s := sideOf(e)
	u := all[s]
	u.Sealed, u.Plain = u.Sealed+added.Sealed, u.Plain+added.Plain
	most := room[s].sealed
	if _, is := e.Data.(listing.StatedData); is {
		most = most * 2 / 3 // the rest is for remedies
	}
	if u.Sealed > most || u.Plain > plainPerSealed*most {
		if s != office || added.Plain > shortWord {
			return nil, records.TooLarge()
		}
	}
	after := maps.Clone(all)
	after[s] = u
	return after, nil
}

// checkState holds the listing's own item against the room of the side that filled it.
func checkState(e listing.Event, after *listing.Listing, size int) error {
	switch d := e.Data.(type) {
	case listing.RequestedData:
		if d.Change != nil { // once it is granted it stands there twice
			size += len(encodeJSON(d.Change))
		}
	case listing.StatedData:
		n := 0
		for i := range after.Statements {
			if after.Statements[i].By.Subject == e.Actor.Subject {
				n++
			}
		}
		if n > mostStatements {
			return fault.New(fault.Conflict, "there are 100 statements on file; a request is still possible once it is decided", "在案陈述已达一百份")
		}
	}
	if size > room[sideOf(e)].state {
		return records.TooLarge()
	}
	return nil
}

// manySpans is from where on the room in a record is looked at: fewer fit in any case.
const manySpans = 40

// recordRoom is the bytes until which an effect may add to what the list says about one identifier. Whatever was listed must be
// able to go again, so new listings leave room for their removals, and for what happens in between.
func recordRoom(effect journal.Type) int {
	switch effect {
	case journal.Listed:
		return 120_000
	case journal.Removed, journal.Unpublished:
		return mostItem
	}
	return 200_000
}

// recordFull is the refusal of an effect that finds no room.
func recordFull() error {
	return fault.New(fault.Conflict, "the list says so much about one of the subject's identifiers that no more fits; leave out an identifier that many share",
		"其中一个标识的名录记录已达容量上限,请删除多人共用的标识")
}

// mostLists is how many other lists the register mirrors. Their names are read with every answer.
const mostLists = 200

func tooManyLists() error {
	return fault.New(fault.Conflict, "the register holds entries of 200 other lists, and this entry names a new one", "本平台收录的其他名单已达二百种上限")
}
