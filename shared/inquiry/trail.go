package inquiry

import (
	"slices"
	"strconv"
	"strings"

	"shixin/shared/subject"
)

// Trail is what tells a walk through numbers from the questions of a business, without telling a number.
type Trail struct {
	Steps int      `json:"steps,omitempty"` // identifiers of the call that are next to another one of it
	Ends  []string `json:"ends,omitempty"`  // short keyed hashes of the places where the call's numbers begin and end
	Near  []string `json:"near,omitempty"`  // the same of the places just before and behind them
}

// near is how far numbers may lie apart and still be next to one another.
const near = 3

// Walk counts the identifiers that are next to another one, whatever their order, and names the places where the
// numbers of the call's first kind begin and end, and those just before and behind. The places are to be hashed under a key before they leave the process.
func Walk(ids []subject.Identifier) (steps int, ends, around []string) {
	byFamily := map[string][]int64{}
	first := ""
	for _, id := range ids {
		family, n, ok := place(id)
		if !ok {
			continue
		}
		if first == "" {
			first = family
		}
		byFamily[family] = append(byFamily[family], n)
	}
	for _, all := range byFamily {
		slices.Sort(all)
		for i := 1; i < len(all); i++ {
			if d := all[i] - all[i-1]; d > 0 && d <= near {
				steps++
			}
		}
	}
	if all := byFamily[first]; len(all) > 0 {
		low, high := all[0], all[len(all)-1]
		at := func(n int64) string { return first + "\x00" + strconv.FormatInt(n, 10) }
		ends, around = []string{at(low)}, []string{at(low - 1), at(high + 1)}
		if high != low {
			ends = append(ends, at(high))
		}
	}
	return steps, ends, around
}

// place is the number in which identifiers of one kind follow one another: the digits at the end, without check
// characters. What stands before them is the family.
func place(id subject.Identifier) (family string, n int64, ok bool) {
	v := id.Value
	switch id.Scheme {
	case subject.ListRef: // of a published list, which anybody may read from end to end
		return "", 0, false
	case subject.USCC: // eight characters of registrar and region, eight of the organisation, and two to check them
		if len(v) != 18 {
			return "", 0, false
		}
		v = v[:16]
	case subject.CNID, subject.BankAccount:
		v = v[:max(0, len(v)-1)]
	case subject.LEI:
		v = v[:max(0, len(v)-2)]
	}
	head := strings.TrimRight(v, "0123456789")
	digits := v[len(head):]
	if over := len(digits) - 18; over > 0 {
		head, digits = head+digits[:over], digits[over:]
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	return string(id.Scheme) + "\x00" + head, n, err == nil
}
