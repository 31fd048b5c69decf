// Package demo provides the demonstration: a small, plainly fictional register, made through the API as its users would.
//
// Each call carries an idempotency key, so that a start that is killed while loading goes on at the next one.
package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"shixin/infra/local/server"
	"shixin/shared/workday"
)

// Names that a reader may try: a published company, a company that is listed but not published, and an enterprise whose
// responsible person is listed.
const (
	Published   = "91320500MADEM00118"
	Unpublished = "91320500MADEM002X0"
	Concerned   = "91320500MADEM0046T"
)

// Load is the act that plays now: listings, enterprises with their figures, and a run over them.
func Load(ctx context.Context, s server.Stage) error {
	d := begin(ctx, s)
	d.listings()
	d.supervise("once", d.began, fleet...)
	d.audit("once")
	d.interview(Worse)
	return d.end()
}

func begin(ctx context.Context, s server.Stage) *demo {
	return &demo{ctx: ctx, stage: s, tokens: map[string]string{}}
}

func (d *demo) end() error {
	if d.err != nil {
		return fmt.Errorf("the demonstration: %w", d.err)
	}
	return nil
}

// demo makes calls until the first that fails.
type demo struct {
	ctx    context.Context
	stage  server.Stage
	tokens map[string]string
	began  time.Time // when the demonstration was begun, which a start that goes on with it reads back
	err    error
}

type object = map[string]any

func (d *demo) listings() {
	shop := d.propose("shop", "market-regulation", "serious-violation", company("示例甲手机卡经营部(虚构)", Published),
		"演示数据:销售未经实名登记的电话卡,拒不改正。Demonstration only: sold phone cards without real-name registration.", nil)
	d.decide(shop)
	d.post("decider", "/v1/listings/"+shop+"/publication", object{"reasons": "演示:依法公示。"})

	trader := d.propose("trader", "telecom-fraud", "designated-trading", company("示例乙网络科技有限公司(虚构)", Unpublished),
		"演示数据:出租三十个对公账户。Demonstration only: rented out thirty corporate accounts.", nil)
	d.decide(trader)

	person := d.propose("person", "telecom-fraud", "criminal-punishment", object{"kind": "person",
		"names":       []object{{"text": "张示例", "lang": "zh"}},
		"identifiers": []object{{"scheme": "cn-id", "value": "320500199001019911"}}},
		"演示数据:因帮助信息网络犯罪活动罪被判处刑罚。Demonstration only: convicted of assisting cyber crime.",
		object{"document": "(2026)示例刑初1号", "offence_on": "2025-03-01", "sentence_months": 10})
	d.decide(person)
	d.post("decider", "/v1/listings/"+person+"/publication", object{"reasons": "演示:依法公示。"})

	waiting := d.propose("waiting", "telecom-fraud", "impersonation-opening", company("示例丙商贸有限公司(虚构)", "91320500MADEM00380"),
		"演示数据:冒名开立支付账户。Demonstration only: opened payment accounts in another's name.", nil)
	d.notice(waiting)
	d.propose("new", "telecom-business", "bad-record", company("示例己通信有限公司(虚构)", "91320500MADEM0062G"),
		"演示数据:逾期未报送年报。Demonstration only: annual report overdue.", nil)
}

// audit runs the check once, under an idempotency key, and waits until it is closed.
func (d *demo) audit(key string) {
	run, _ := d.keyed("officer", "POST", "/v1/audits", key, object{})["id"].(string)
	// A start that was killed here has lost the run's messages, and schedules begin only behind the demonstration.
	d.call("officer", "POST", "/dev/run", object{"function": "clock"})
	for d.err == nil {
		switch d.call("officer", "GET", "/v1/audits/"+run, nil)["state"] {
		case "closed":
			return
		case "failed":
			d.err = fmt.Errorf("audit run %s failed", run)
		}
		select {
		case <-d.ctx.Done():
			d.err = d.ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func company(name, uscc string) object {
	return object{"kind": "organization", "names": []object{{"text": name, "lang": "zh"}}, "identifiers": []object{{"scheme": "uscc", "value": uscc}}}
}

// propose opens a listing and returns its id.
func (d *demo) propose(key, regime, ground string, subject object, facts string, conviction object) string {
	body := object{"regime": regime, "ground": ground, "subject": subject, "facts": facts,
		"legal_basis": []string{"演示依据 Demonstration basis"},
		"evidence":    []object{{"title": "演示证据 Demonstration evidence", "sha256": strings.Repeat("0", 64)}}}
	if conviction != nil {
		body["conviction"] = conviction
	}
	id, _ := d.keyed("officer", "POST", "/v1/listings", key, body)["id"].(string)
	return id
}

// notice serves notice at the moment of the proposal, so that the call is the same whenever it is repeated.
func (d *demo) notice(id string) {
	events, _ := d.call("officer", "GET", "/v1/listings/"+id+"/events?limit=1", nil)["items"].([]any)
	if d.err != nil || len(events) == 0 {
		return
	}
	first, _ := events[0].(object)
	at, err := time.Parse(time.RFC3339Nano, fmt.Sprint(first["at"]))
	if err != nil {
		d.err = err
		return
	}
	if d.began.IsZero() {
		d.began = at.In(workday.Zone)
	}
	d.post("officer", "/v1/listings/"+id+"/notice", object{"method": "electronic", "served_at": at.Format(time.RFC3339),
		"respond_until": at.AddDate(0, 0, 10).Format(time.DateOnly)})
}

func (d *demo) decide(id string) {
	d.notice(id)
	d.post("officer", "/v1/listings/"+id+"/statements", object{"kind": "waiver", "text": "演示:主体书面放弃陈述申辩。"})
	d.post("decider", "/v1/listings/"+id+"/decision", object{"outcome": "list", "reasons": "演示:事实清楚,依据充分。"})
}

// post makes a call that is the same whenever it is repeated, under a key made of its path.
func (d *demo) post(persona, path string, body object) object {
	return d.keyed(persona, "POST", path, "once", body)
}

func (d *demo) call(persona, method, path string, body object) object {
	return d.keyed(persona, method, path, "", body)
}

func (d *demo) keyed(persona, method, path, key string, body object) object {
	if d.err != nil {
		return nil
	}
	status, answer, err := d.send(persona, method, path, key, body)
	if err == nil && status >= 300 {
		err = fmt.Errorf("%s %s: status %d: %v", method, path, status, answer["detail"])
	}
	d.err = err
	return answer
}

func (d *demo) send(persona, method, path, key string, body object) (int, object, error) {
	var content []byte
	if body != nil {
		var err error
		if content, err = json.Marshal(body); err != nil {
			return 0, nil, err
		}
	}
	return d.raw(persona, method, path, key, "application/json", content)
}

// rows sends rows in bulk, each on a line. That one is rejected is a mistake in them.
func (d *demo) rows(path, key string, rows []object) {
	if d.err != nil {
		return
	}
	var lines bytes.Buffer
	for _, row := range rows {
		if err := json.NewEncoder(&lines).Encode(row); err != nil {
			d.err = err
			return
		}
	}
	status, answer, err := d.raw("officer", "POST", path, key, "application/x-ndjson", lines.Bytes())
	if err == nil && (status >= 300 || fmt.Sprint(answer["accepted"]) != fmt.Sprint(len(rows))) {
		err = fmt.Errorf("POST %s: status %d: accepted %v of %d rows: %v", path, status, answer["accepted"], len(rows), answer["rejected"])
	}
	d.err = err
}

func (d *demo) raw(persona, method, path, key, media string, content []byte) (int, object, error) {
	if d.tokens[persona] == "" {
		t, err := d.stage.Token(persona)
		if err != nil {
			return 0, nil, err
		}
		d.tokens[persona] = t
	}
	r, err := http.NewRequestWithContext(d.ctx, method, d.stage.URL+path, bytes.NewReader(content))
	if err != nil {
		return 0, nil, err
	}
	r.Header.Set("Authorization", "Bearer "+d.tokens[persona])
	if content != nil {
		r.Header.Set("Content-Type", media)
	}
	if key != "" {
		r.Header.Set("Idempotency-Key", "demonstration-"+key)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	var answer object
	err = json.NewDecoder(resp.Body).Decode(&answer)
	return resp.StatusCode, answer, err
}
