package subject

import "strings"

// parseMSISDN verifies a phone number, ITU-T E.164. A Chinese mobile number becomes its 11 digits, a Chinese
// fixed line its area code and number with the leading 0, any other number "+" and 7 to 15 digits.
// Chinese numbers may come with +86, 0086 or 86. Prefixes are not assigned to carriers: ranges are opened
// every year, and a number keeps its prefix when it is ported. Numbers of 13 digits are iot-cards.
func parseMSISDN(raw string) (string, *Malformed) {
	s, err := compact(raw)
	if err != nil {
		return "", err
	}
	s = strings.Map(func(r rune) rune {
		if r == '(' || r == ')' || r == '.' {
			return -1
		}
		return r
	}, s)
	foreign := false
	if r, ok := strings.CutPrefix(s, "+"); ok {
		s, foreign = r, true
	} else if r, ok := strings.CutPrefix(s, "00"); ok {
		s, foreign = r, true
	}
	if !digits(s) {
		return "", bad("a phone number has digits, and may start with +", "电话号码应为数字,可以 + 开头")
	}
	if r, ok := strings.CutPrefix(s, "86"); ok && (foreign || mobile(r)) {
		s, foreign = r, false
		if !mobile(s) && !strings.HasPrefix(s, "0") {
			s = "0" + s // in international form the area code has lost its 0
		}
	}
	switch {
	case foreign:
		if len(s) < 7 || len(s) > 15 || s[0] == '0' {
			return "", bad("a number outside China has + or 00, the country code and at most 15 digits", "境外号码应以 + 或 00 及国家代码开头,共不超过 15 位数字")
		}
		return "+" + s, nil
	case mobile(s):
		return s, nil
	case len(s) == 12 && s[0] == '0' && mobile(s[1:]):
		return s[1:], nil
	case fixedLine(s):
		return s, nil
	}
	return "", bad("not a Chinese phone number: give a mobile number of 11 digits, a fixed line with its area code (0 first), or a number abroad with + and the country code",
		"不是有效的电话号码:请填写 11 位手机号码、带区号(0 开头)的固定电话,或以 + 和国家代码开头的境外号码")
}

func mobile(s string) bool { return len(s) == 11 && s[0] == '1' && s[1] >= '3' && digits(s) }

// fixedLine knows area codes of two digits (10, 2x) with numbers of eight, and of three with seven or eight.
func fixedLine(s string) bool {
	if len(s) < 11 || s[0] != '0' {
		return false
	}
	area := 4
	if s[1:3] == "10" || s[1] == '2' {
		area = 3
	} else if s[1] < '3' {
		return false
	}
	n := len(s) - area
	return s[area] >= '2' && (n == 8 || n == 7 && area == 4)
}

// parseBankAccount verifies a bank account or card: 8 to 32 digits, before which one word of three
// letters may stand (NRA, OSA, FTN and others mark accounts of non-residents and free trade accounts).
// Accounts of organisations have no common check digit. A number of 16 to 19 digits that starts with
// 62, the issuer number of UnionPay, is a card, and its last digit is verified by ISO/IEC 7812-1 (Luhn);
// other issuers' numbers cannot be told from plain accounts and are not.
func parseBankAccount(raw string) (string, *Malformed) {
	s, err := compact(raw)
	if err != nil {
		return "", err
	}
	number := s
	if len(s) > 3 && alnum(s[:3]) && !isDigit(s[0]) && !isDigit(s[1]) && !isDigit(s[2]) {
		number = s[3:]
	}
	if !digits(number) || len(number) < 8 || len(number) > 32 {
		return "", bad("a bank account or card has 8 to 32 digits, with a mark of three letters before them at most", "银行账号或卡号应为 8 至 32 位数字,之前至多有三位字母标记")
	}
	if len(s) >= 16 && len(s) <= 19 && strings.HasPrefix(s, "62") && !luhn(s) {
		return "", bad("the last digit of the card number does not fit: compare it with the card", "银行卡号校验位不符:请与卡片核对")
	}
	return s, nil
}

func luhn(s string) bool {
	sum := 0
	for i := range len(s) {
		v := int(s[len(s)-1-i] - '0')
		if i%2 == 1 {
			if v *= 2; v > 9 {
				v -= 9
			}
		}
		sum += v
	}
	return sum%10 == 0
}

// parseIoTCard verifies a card of the internet of things by its number (13 digits that start with 10 or
// 14, such as 10648) or by its ICCID (ITU-T E.118: 19 or 20 characters that start with 89). Chinese
// carriers put letters into the ICCID and have no common check digit, so none is verified; an F that only
// fills the last half byte goes.
func parseIoTCard(raw string) (string, *Malformed) {
	s, err := compact(raw)
	if err != nil {
		return "", err
	}
	s = strings.TrimPrefix(s, "+")
	for _, code := range []string{"0086", "86"} {
		if r, ok := strings.CutPrefix(s, code); ok && iotNumber(r) {
			s = r
		}
	}
	if iotNumber(s) {
		return s, nil
	}
	if len(s) == 20 && s[19] == 'F' {
		s = s[:19]
	}
	if (len(s) == 19 || len(s) == 20) && strings.HasPrefix(s, "89") && alnum(s) && strings.Trim(s, "0123456789ABCDEF") == "" {
		return s, nil
	}
	return "", bad("an iot-card is a number of 13 digits that starts with 10 or 14, or an ICCID of 19 or 20 characters that starts with 89; a number of 11 digits is an msisdn",
		"物联网卡应为以 10 或 14 开头的 13 位号码,或以 89 开头的 19 至 20 位 ICCID;11 位号码请用 msisdn")
}

func iotNumber(s string) bool {
	return len(s) == 13 && digits(s) && s[0] == '1' && (s[1] == '0' || s[1] == '4')
}

// parseSMSPort verifies a number from which messages are sent: 106 and up to 20 digits in all (SMPP gives no
// more), or a short code of five digits or more that starts with 10, 12, 95 or 96.
func parseSMSPort(raw string) (string, *Malformed) {
	s, err := compact(raw)
	if err != nil {
		return "", err
	}
	least := 5
	if strings.HasPrefix(s, "106") {
		least = 8
	}
	if digits(s) && len(s) >= least && len(s) <= 20 {
		switch s[:2] {
		case "10", "12", "95", "96":
			return s, nil
		}
	}
	return "", bad("an sms-port is 106 with 8 to 20 digits in all, or a short code of 5 to 20 digits that starts with 10, 12, 95 or 96",
		"短信端口应为 106 开头、共 8 至 20 位数字,或以 10、12、95、96 开头的 5 至 20 位短号")
}
