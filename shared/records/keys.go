package records

import (
	"fmt"
	"strings"

	"shixin/shared/subject"
	"shixin/shared/table"
	"shixin/shared/workday"
)

// The families are the first part of each partition key, so that a function's permission (LeadingKeys) names families.
const (
	famListing   = "listing"   // one listing: state, events, sealed texts
	famStatus    = "status"    // one identifier: all that the journal says about it
	famJournal   = "journal"   // entries
	famHead      = "head"      // where the journal stands
	famSubject   = "subject"   // one identifier: open and all listings of its subject
	famQueue     = "queue"     // one authority: listings by state
	famAuthority = "authority" // authorities that have listings
	famDue       = "due"       // one day: listings whose term ends then
	famRemoved   = "removed"   // marks of removed listings
	famImport    = "import"    // one import: state, sealed chunks
	famOnce      = "once"      // answers kept for idempotency keys
	famMeta      = "meta"      // deployment, key sentinel, the clock's last day
)

// bucket is how many journal entries share a partition: enough that a page rarely spans two, few enough that no partition grows hot for ever.
const bucket = 4096

func family(partition string) string {
	f, _, _ := strings.Cut(partition, "#")
	return f
}

func listingKey(id string) table.Key {
	return table.Key{Partition: famListing + "#" + id, Sort: "state"}
}
func sealedKey(id string) table.Key {
	return table.Key{Partition: famListing + "#" + id, Sort: "sealed"}
}
func eventKey(id string, n int) table.Key {
	return table.Key{Partition: famListing + "#" + id, Sort: fmt.Sprintf("event#%06d", n)}
}
func statusKey(ref string) table.Key {
	return table.Key{Partition: famStatus + "#" + ref, Sort: "record"}
}
func headKey() table.Key { return table.Key{Partition: famHead, Sort: "head"} }
func entryKey(n int64) table.Key {
	return table.Key{Partition: fmt.Sprintf("%s#%06d", famJournal, n/bucket), Sort: fmt.Sprintf("%012d", n)}
}
func subjectKey(r subject.Ref, regime, ground string) table.Key {
	return table.Key{Partition: famSubject + "#" + r.ID(), Sort: regime + "#" + ground}
}
func queueKey(authority, state, id string) table.Key {
	return table.Key{Partition: famQueue + "#" + authority, Sort: state + "#" + id}
}
func authorityKey(id string) table.Key { return table.Key{Partition: famAuthority, Sort: id} }
func dueKey(d workday.Day, id string) table.Key {
	return table.Key{Partition: famDue + "#" + string(d), Sort: id}
}
func removedKey(id string) table.Key {
	return table.Key{Partition: famRemoved + "#" + id, Sort: "mark"}
}
func onceKey(digest string) table.Key {
	return table.Key{Partition: famOnce + "#" + digest, Sort: "answer"}
}
func metaKey(name string) table.Key { return table.Key{Partition: famMeta, Sort: name} }
func importKey(id string) table.Key { return table.Key{Partition: famImport + "#" + id, Sort: "state"} }
func chunkKey(id string, n int) table.Key {
	return table.Key{Partition: famImport + "#" + id, Sort: fmt.Sprintf("chunk#%04d", n)}
}
func openImportKey(id string) table.Key { return table.Key{Partition: famImport, Sort: id} }
