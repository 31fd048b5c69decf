package issuer

import (
	"context"

	"shixin/shared/access"
	"shixin/shared/fault"
	"shixin/shared/keys"
	"shixin/shared/subject"
)

// Request asks for a token of a persona.
type Request struct {
	Persona string `json:"persona"`
	USCC    string `json:"uscc,omitempty"`  // of an enterprise: any valid one, registered or not
	CNID    string `json:"cn_id,omitempty"` // of a person
}

// persona is one of the people of the demonstration. Claims are single strings, because API Gateway flattens lists.
type persona struct {
	account, person string
	role            access.Role
	authority       string
	level           access.Level
	region          string // GB/T 2260
	sectors         string
}

const allSectors = "telecom finance internet"

// The authorities are fictional; their regions are those of the nation, Jiangsu and Suzhou.
var personas = map[string]persona{
	"officer":            {"officer", "wang-min", access.Officer, "cn-antifraud", access.National, "000000", allSectors},
	"officer-as-decider": {"officer-as-decider", "wang-min", access.Decider, "cn-antifraud", access.National, "000000", allSectors},
	"decider":            {"decider", "li-qiang", access.Decider, "cn-antifraud", access.National, "000000", allSectors},
	"second-decider":     {"second-decider", "zhao-lei", access.Decider, "cn-antifraud", access.National, "000000", allSectors},
	"province-decider":   {"province-decider", "chen-jie", access.Decider, "js-police", access.Province, "320000", allSectors},
	"city-officer":       {"city-officer", "sun-yan", access.Officer, "suzhou-police", access.City, "320500", allSectors},
	"city-decider":       {"city-decider", "zhou-tao", access.Decider, "suzhou-police", access.City, "320500", allSectors},
	"auditor":            {account: "auditor", person: "wu-hao", role: access.Auditor},
	"operator":           {account: "operator", person: "xu-fang", role: access.Operator, sectors: "telecom"},
	"procurator":         {account: "procurator", person: "ma-chao", role: access.Procurator},
	"enterprise":         {role: access.Enterprise},
	"person":             {role: access.Person},
}

// claims are those of the persona a request asks for. A wrong request is a fault of kind Invalid.
func claims(ctx context.Context, r Request, hasher keys.Hasher) (map[string]string, error) {
	p, known := personas[r.Persona]
	var handle, uscc string
	switch {
	case !known:
		return nil, fault.At("/persona",
			"no such persona: use officer, officer-as-decider, decider, second-decider, province-decider, city-officer, city-decider, auditor, operator, procurator, enterprise or person",
			"没有该角色,请使用 officer、officer-as-decider、decider、second-decider、province-decider、city-officer、city-decider、auditor、operator、procurator、enterprise 或 person")
	case r.USCC != "" && p.role != access.Enterprise:
		return nil, fault.At("/uscc", "only the persona enterprise has a uscc: leave it out", "仅 enterprise 角色可带 uscc,请删除该字段")
	case r.CNID != "" && p.role != access.Person:
		return nil, fault.At("/cn_id", "only the persona person has a cn_id: leave it out", "仅 person 角色可带 cn_id,请删除该字段")
	case p.role == access.Enterprise:
		id, err := subject.Parse(string(subject.USCC), r.USCC)
		if err != nil {
			return nil, fault.Fields(fault.Field{Pointer: "/uscc", Detail: err.Error()})
		}
		uscc = id.Value
		p.account = "enterprise-" + uscc
		p.person = p.account
	case p.role == access.Person:
		id, err := subject.Parse(string(subject.CNID), r.CNID)
		if err != nil {
			return nil, fault.Fields(fault.Field{Pointer: "/cn_id", Detail: err.Error()})
		}
		if handle, err = hasher.Hash(ctx, id.Normal()); err != nil {
			return nil, err
		}
		p.account = "person-" + handle
		p.person = p.account
	}
	out := map[string]string{"sub": p.account, "person": p.person, "role": string(p.role)}
	for name, value := range map[string]string{
		"authority": p.authority, "level": string(p.level), "region": p.region, "sectors": p.sectors, "uscc": uscc, "subject": handle,
	} {
		if value != "" {
			out[name] = value
		}
	}
	return out, nil
}
