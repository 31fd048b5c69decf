package dynamo

import (
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"shixin/shared/table"
)

// The attributes of an item. Names are counted in its size and its price, so they are short.
const (
	attrPartition = "p" // string, partition key
	attrSort      = "s" // string, sort key
	attrVersion   = "v" // number
	attrExpires   = "x" // number, seconds since 1970, the table's time-to-live attribute; absent when the item stays
	attrWrite     = "w" // binary, the id of the write that made the item
	attrDoc       = "d" // binary
)

type attributes = map[string]types.AttributeValue

func number(n int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(n, 10)}
}

func keyAttributes(k table.Key) attributes {
	return attributes{
		attrPartition: &types.AttributeValueMemberS{Value: k.Partition},
		attrSort:      &types.AttributeValueMemberS{Value: k.Sort},
	}
}

func itemAttributes(i table.Item, id writeID) attributes {
	a := keyAttributes(i.Key)
	a[attrVersion] = number(i.Version)
	a[attrWrite] = &types.AttributeValueMemberB{Value: id[:]}
	a[attrDoc] = &types.AttributeValueMemberB{Value: i.Doc}
	if x := i.ExpiresUnix(); x != 0 {
		a[attrExpires] = number(x)
	}
	return a
}

// decode reads a stored item and the write that made it.
func decode(a attributes) (i table.Item, id writeID, err error) {
	p, okP := a[attrPartition].(*types.AttributeValueMemberS)
	s, okS := a[attrSort].(*types.AttributeValueMemberS)
	v, okV := a[attrVersion].(*types.AttributeValueMemberN)
	w, okW := a[attrWrite].(*types.AttributeValueMemberB)
	d, okD := a[attrDoc].(*types.AttributeValueMemberB)
	if !okP || !okS || !okV || !okW || !okD || copy(id[:], w.Value) != len(id) {
		return i, id, fmt.Errorf("an item lacks one of the attributes p, s, v, w, d: something else writes this table")
	}
	i = table.Item{Key: table.Key{Partition: p.Value, Sort: s.Value}, Doc: d.Value}
	if i.Version, err = strconv.ParseInt(v.Value, 10, 64); err != nil {
		return i, id, fmt.Errorf("an item's version: %w", err)
	}
	if x, ok := a[attrExpires].(*types.AttributeValueMemberN); ok {
		unix, err := strconv.ParseInt(x.Value, 10, 64)
		if err != nil {
			return i, id, fmt.Errorf("an item's expiry: %w", err)
		}
		i.Expires = time.Unix(unix, 0).UTC()
	}
	return i, id, nil
}

// condition spells a condition; an expired item counts as absent, whether or not the engine has swept it.
func condition(c table.Condition, now time.Time) (expression *string, values attributes) {
	const there = "(attribute_not_exists(x) OR x > :now)"
	var e string
	values = attributes{":now": number(now.Unix())}
	switch c.Kind {
	case table.Always:
		return nil, nil
	case table.Absent:
		e = "attribute_not_exists(p) OR x <= :now"
	case table.Exists:
		e = "attribute_exists(p) AND " + there
	case table.VersionIs:
		e = "v = :v AND " + there
		values[":v"] = number(c.Version)
	}
	return &e, values
}
