package timeline_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"shixin/shared/access"
	"shixin/shared/listing"
	"shixin/shared/timeline"
)

func opened(t listing.Text) string {
	if t == "commitment" {
		return "张某"
	}
	return string(t)
}

func TestShow(t *testing.T) {
	officer := listing.Actor{Person: "wang", Account: "a", Role: access.Officer, Authority: "cn"}
	subject := listing.Actor{Person: "li", Role: access.Enterprise, Subject: true}
	for _, c := range []struct {
		name string
		own  bool
		by   listing.Actor
		data string
		who  timeline.Actor
		want string
	}{
		{"an authority sees texts and natural persons", false, officer, `{"x":{"text":"commitment","list":["commitment","plain"]}}`,
			timeline.Actor{Role: access.Officer, Authority: "cn", Person: "wang"}, `{"x":{"text":"张某","list":["张某","plain"]}}`},
		{"the subject sees texts only", true, officer, `{"text":"commitment"}`, timeline.Actor{Role: access.Officer, Authority: "cn"}, `{"text":"张某"}`},
		{"nobody sees who spoke for the subject", false, subject, `{}`, timeline.Actor{Role: access.Enterprise, Subject: true}, `{}`},
		{"the clock is no person", false, listing.Actor{Clock: true}, `{}`, timeline.Actor{Role: "clock"}, `{}`},
		{"a keyed hash is never shown", false, officer, `{"ids":[{"scheme":"cn-id","key":"1.h","shown":"320***11"}]}`,
			timeline.Actor{Role: access.Officer, Authority: "cn", Person: "wang"}, `{"ids":[{"scheme":"cn-id","value":"320***11"}]}`},
		{"what was written in clear stays", false, officer, `{"authority":"commitment","names":[{"text":"commitment"},{"sealed":"commitment"}]}`,
			timeline.Actor{Role: access.Officer, Authority: "cn", Person: "wang"}, `{"authority":"commitment","names":[{"text":"commitment"},{"text":"张某"}]}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			v, err := timeline.Show(timeline.Event{N: 3, Type: "x", At: time.Unix(0, 0), Actor: c.by, Data: json.RawMessage(c.data), Hash: "h", Prev: "p"}, c.own, opened)
			if err != nil {
				t.Fatal(err)
			}
			var want map[string]any
			if err := json.Unmarshal([]byte(c.want), &want); err != nil {
				t.Fatal(err)
			}
			if v.Actor != c.who || !reflect.DeepEqual(v.Data, want) || v.N != 3 || v.Hash != "h" || v.Prev != "p" {
				t.Errorf("shown as %+v; want %+v with %s", v, c.who, c.want)
			}
		})
	}
}

func TestPage(t *testing.T) {
	views := []timeline.View{{N: 4}, {N: 5}}
	for _, c := range []struct {
		name       string
		more       bool
		limit      int
		want, next int
	}{
		{"the end", false, 2, 2, 0}, {"further events", true, 2, 2, 5}, {"less than was read", false, 1, 1, 4},
	} {
		items, next := timeline.Page(views, c.more, c.limit)
		if len(items) != c.want || next != c.next {
			t.Errorf("%s: %d items, on behind %d; want %d and %d", c.name, len(items), next, c.want, c.next)
		}
	}
	if items, next := timeline.Page(nil, false, 2); items == nil || len(items) != 0 || next != 0 {
		t.Error("nothing is an empty page")
	}
}
