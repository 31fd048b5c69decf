# The first 20 rules of infra/rulepacks/telecom.yaml, as the Open Policy Agent's language has them.
package telecom

now := input.now
previous := input.previous
history := input.history
peers := input.peers
params := input.params

median(all, n) := (sorted[(n / 2) - 1] + sorted[n / 2]) / 2 if {
	sorted := sort(array.slice(all, 0, n))
	n % 2 == 0
}

mean(all, n) := sum(array.slice(all, 0, n)) / n

fails contains "lines-registered" if now.lines_unregistered > 0
fails contains "agents-checked" if now.agents_checked_share < params.agents_checked_least
fails contains "card-limit" if now.persons_over_card_limit > params.persons_over_limit_most
fails contains "openings-screened" if {
	now.openings_refused == 0
	now.abnormal_cards > params.times_own_median * median(history.abnormal_cards, 6)
}
fails contains "abnormal-resolved" if now.abnormal_cards_unresolved > params.unresolved_most * now.abnormal_cards
fails contains "abnormal-not-growing" if {
	now.abnormal_cards_unresolved > previous.abnormal_cards_unresolved
	previous.abnormal_cards_unresolved > history.abnormal_cards_unresolved[1]
}
fails contains "abnormal-reverified" if now.reverified_share < params.reverified_least
fails contains "unverified-restricted" if now.unverified_restricted_share < params.restricted_least
fails contains "fraud-numbers-blocked" if now.block_hours > params.block_hours_most
fails contains "blocking-slows" if {
	peers.block_hours.members >= 60
	now.block_hours > peers.block_hours.p95
	now.block_hours > params.times_own_median * median(history.block_hours, 6)
}
fails contains "iot-scope" if now.iot_cards_out_of_scope > params.iot_out_of_scope_most
fails contains "iot-assessed" if now.iot_assessed_share < params.iot_assessed_least
fails contains "iot-traceable" if now.iot_traceable_share < params.iot_traceable_least
fails contains "spoofing-blocked" if now.spoofed_calls_rate > params.spoofed_rate_most
fails contains "spoofing-rises" if {
	peers.spoofed_calls_rate.members >= 300
	now.spoofed_calls_rate > peers.spoofed_calls_rate.p99
	now.spoofed_calls_rate > params.times_own_median * median(history.spoofed_calls_rate, 6)
}
fails contains "call-complaints" if {
	peers.call_complaints_rate.members >= 300
	now.call_complaints_rate > peers.call_complaints_rate.p99
	now.call_complaints_rate > params.times_own_median * median(history.call_complaints_rate, 6)
}
fails contains "text-complaints" if {
	peers.text_complaints_rate.members >= 300
	now.text_complaints_rate > peers.text_complaints_rate.p99
	now.text_complaints_rate > params.times_own_median * median(history.text_complaints_rate, 6)
}
fails contains "devices-disconnected" if now.banned_devices_connected > 0
fails contains "case-lines" if now.case_lines_rate > params.case_lines_most
fails contains "case-lines" if {
	peers.case_lines_rate.members >= 300
	now.case_lines_rate > peers.case_lines_rate.p99
	now.case_lines_rate > params.times_own_median * median(history.case_lines_rate, 6)
}
fails contains "fraud-lines-surge" if {
	now.fraud_lines_reported > params.fraud_lines_day_least
	now.fraud_lines_reported > params.surge * mean(history.fraud_lines_reported, 7)
}
