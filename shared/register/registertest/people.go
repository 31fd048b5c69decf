package registertest

import (
	"context"

	"shixin/shared/access"
	"shixin/shared/subject"
)

var allSectors = []string{"telecom", "finance", "internet"}

func authority(account, person string, role access.Role, id string, level access.Level, region string) access.Principal {
	return access.Principal{Account: account, Person: person, Role: role, Authority: id, Level: level, Region: region, Sectors: allSectors}
}

// People of fictional authorities, and some who belong to none.
var (
	Officer          = authority("officer", "wang", access.Officer, "cn-antifraud", access.National, "000000")
	OfficerAsDecider = authority("officer-as-decider", "wang", access.Decider, "cn-antifraud", access.National, "000000")
	Decider          = authority("decider", "li", access.Decider, "cn-antifraud", access.National, "000000")
	SecondDecider    = authority("second-decider", "zhao", access.Decider, "cn-antifraud", access.National, "000000")
	ProvinceDecider  = authority("province-decider", "chen", access.Decider, "js-police", access.Province, "320000")
	CityOfficer      = authority("city-officer", "sun", access.Officer, "suzhou-police", access.City, "320500")
	CityDecider      = authority("city-decider", "zhou", access.Decider, "suzhou-police", access.City, "320500")
	OtherOfficer     = authority("other-officer", "qian", access.Officer, "hangzhou-police", access.City, "330100")
	OtherDecider     = authority("other-decider", "feng", access.Decider, "hangzhou-police", access.City, "330100")
	Auditor          = access.Principal{Account: "auditor", Person: "wu", Role: access.Auditor}
	Operator         = access.Principal{Account: "operator", Person: "xu", Role: access.Operator, Sectors: []string{"telecom"}}
	Procurator       = access.Principal{Account: "procurator", Person: "ma", Role: access.Procurator}
	Nobody           = access.Principal{}
)

// Enterprise is the organisation numbered n about itself.
func Enterprise(n int) access.Principal {
	return access.Principal{Account: "enterprise-" + USCC(n), Person: "enterprise-" + USCC(n), Role: access.Enterprise, USCC: USCC(n)}
}

// Person is the person numbered n about itself.
func (w *World) Person(n int) access.Principal {
	id, err := subject.Parse("cn-id", CNID(n))
	w.Must(err)
	hash, err := w.Hash.Hash(context.Background(), id.Normal())
	w.Must(err)
	return access.Principal{Account: "person-" + hash, Person: "person-" + hash, Role: access.Person, Subject: hash}
}
