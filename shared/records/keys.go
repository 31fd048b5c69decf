package records

import (
	"fmt"
	"strings"
	"time"

	"shixin/shared/compliance/indicator"
	"shixin/shared/table"
	"shixin/shared/workday"
)

// The families are the first part of each partition key, so that a function's permission (LeadingKeys) names families.
const (
	famListing    = "listing"    // one listing: state, events, sealed texts
	famStatus     = "status"     // one identifier: all that the journal says about it
	famJournal    = "journal"    // entries
	famHead       = "head"       // where the journal stands
	famSubject    = "subject"    // one identifier: open and all listings of its subject
	famQueue      = "queue"      // one authority: listings by state
	famAuthority  = "authority"  // authorities that have listings
	famDue        = "due"        // one day: listings whose term ends then
	famRemoved    = "removed"    // marks of removed listings
	famImport     = "import"     // one import: state, sealed chunks
	famOnce       = "once"       // answers kept for idempotency keys
	famEnterprise = "enterprise" // one enterprise: its registration, what was judged of each revision, its reports
	famShard      = "shard"      // one of 256 parts of all enterprises: what a run judges of each; and which parts have any
	famRelation   = "relation"   // one link: the enterprises that have it
	famRisk       = "risk"       // the order of inspection: what each enterprise's open findings weigh, and lists of them by weight
	famRun        = "run"        // one audit run: state, progress and outcomes of each shard; and which runs there are
	famRulePack   = "rulepack"   // the versions of rule packs; and the texts that runs were judged by
	famFinding    = "finding"    // one shard: findings by enterprise
	famQuery      = "query"      // one caller's day: who asked what; and which days of whom there are
	famAsked      = "asked"      // one request: that the log of queries has it
	famQuota      = "quota"      // one caller: that its day is used up
	famIndex      = "index"      // which segment of the index of names is in use
	famScreening  = "screening"  // one file of names that is looked up; and which there are
	famWatch      = "watch"      // one owner: its watch lists; and which lists there are
	famAnnounced  = "announced"  // up to where the journal was announced to those who wait for entries
	famAlert      = "alert"      // one owner: alerts of its watch lists
	famAlerted    = "alerted"    // one owner: which entries have had an alert about which listing
	famDistinct   = "distinct"   // one owner: listings that are not about whom it means
	famConfirmed  = "confirmed"  // one listing: organisations that are confirmed not to be its subject
	famMeta       = "meta"       // deployment, key sentinel, the clock's last day
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
func subjectKey(ref, regime, ground string) table.Key {
	return table.Key{Partition: famSubject + "#" + ref, Sort: regime + "#" + ground}
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

func enterpriseKey(uscc string) table.Key {
	return table.Key{Partition: famEnterprise + "#" + uscc, Sort: "state"}
}
func revisionKey(uscc string, n int) table.Key {
	return table.Key{Partition: famEnterprise + "#" + uscc, Sort: fmt.Sprintf("revision#%06d", n)}
}

// reportSort is what the sort keys of reports begin with, and maxRevision the most that one has.
const (
	reportSort  = "report#"
	maxRevision = 999999
)

func reportKey(uscc string, p indicator.Period, revision int) table.Key {
	return table.Key{Partition: famEnterprise + "#" + uscc, Sort: fmt.Sprintf("%s%s#%06d", reportSort, p, revision)}
}
func shardKey(shard int, uscc string) table.Key {
	return table.Key{Partition: fmt.Sprintf("%s#%03d", famShard, shard), Sort: uscc}
}
func knownShardKey(shard int) table.Key {
	return table.Key{Partition: famShard + "#known", Sort: fmt.Sprintf("%03d", shard)}
}
func findingKey(shard int, uscc, rule string) table.Key {
	return table.Key{Partition: fmt.Sprintf("%s#%03d", famFinding, shard), Sort: uscc + "#" + rule}
}
func relationKey(key, uscc string) table.Key {
	return table.Key{Partition: famRelation + "#" + key, Sort: uscc}
}
func riskKey(shard int, uscc string) table.Key {
	return table.Key{Partition: fmt.Sprintf("%s#of#%03d", famRisk, shard), Sort: uscc}
}
func riskListKey(list, place string) table.Key {
	return table.Key{Partition: famRisk + "#" + list, Sort: place}
}
func bookKey(name string) table.Key { return table.Key{Partition: famRulePack + "#all", Sort: name} }
func pinnedKey(sum string) table.Key {
	return table.Key{Partition: famRulePack + "#text", Sort: sum}
}
func runKey(id string) table.Key { return table.Key{Partition: famRun + "#" + id, Sort: "state"} }
func outcomesKey(id string, shard int, last string) table.Key {
	return table.Key{Partition: famRun + "#" + id, Sort: fmt.Sprintf("outcomes#%03d#%s", shard, last)}
}

// endOfShard sorts behind the code of every enterprise: whoever reads the pages of a shard in order comes to it last.
const endOfShard = "~"

func progressKey(id string, shard int) table.Key { return outcomesKey(id, shard, endOfShard) }
func allRunsKey(id string) table.Key             { return table.Key{Partition: famRun + "#all", Sort: id} }
func foldKey() table.Key                         { return table.Key{Partition: famRun + "#list", Sort: "fold"} }
func openRunKey(id string) table.Key             { return table.Key{Partition: famRun + "#open", Sort: id} }
func scheduleKey(at time.Time) table.Key {
	return table.Key{Partition: famRun + "#schedule", Sort: at.UTC().Format(time.RFC3339Nano)}
}
