package ledger

import (
	"fmt"
	"strconv"
	"strings"
)

// Quotas are the identifiers a day of callers that may ask for another number than the rest, by caller ([inquiry.Caller]).
type Quotas map[string]int64

// ParseQuotas reads quotas as a deployment states them: CALLER=NUMBER, set apart by spaces, for example account:bank-a=20000000
// uscc:91320500MADEM00118=1000. A caller stands there once, and its number is at least 1.
func ParseQuotas(text string) (Quotas, error) {
	out := Quotas{}
	for i, one := range strings.Fields(text) {
		at := strings.LastIndexByte(one, '=')
		if at < 0 {
			return nil, fmt.Errorf("ledger: quota %d is not CALLER=NUMBER", i+1)
		}
		caller := one[:at]
		kind, name, _ := strings.Cut(caller, ":")
		if kind != "account" && kind != "uscc" || name == "" {
			return nil, fmt.Errorf("ledger: quota %d is of no caller, which is account:NAME or uscc:CODE", i+1)
		}
		n, err := strconv.ParseInt(one[at+1:], 10, 64)
		if err != nil || n < 1 {
			return nil, fmt.Errorf("ledger: quota %d has no number of at least 1", i+1)
		}
		if _, twice := out[caller]; twice {
			return nil, fmt.Errorf("ledger: quota %d is of a caller that has one", i+1)
		}
		out[caller] = n
	}
	return out, nil
}
