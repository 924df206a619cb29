/** @file base/reason.h  Every expected no, once: code, HTTP status, sentence. HTTP, the live protocol and the docs follow this table. */
#pragma once
#include "base/str.h"

#include <stdbool.h>

/* The reach codes are spec/reach.md sections 5 and 6; their order inside a gate is the spec's. */
#define REASONS(X) \
	X(OK, "ok", 200, "Done.") \
	X(IDENTITY_UNKNOWN, "identity.unknown", 403, "There is no account with this address here.") \
	X(IDENTITY_DISABLED, "identity.disabled", 403, "The account is disabled.") \
	X(GUEST_PENDING, "guest.pending", 403, "The guest has not redeemed the invitation yet.") \
	X(GUEST_EXPIRED, "guest.expired", 403, "The guest's time is over.") \
	X(GUEST_ACCESS_OFF, "guest.access_off", 403, "Guest access is off.") \
	X(LEASE_NONE, "lease.none", 403, "The service account is on no lease.") \
	X(LEASE_NOT_STARTED, "lease.not_started", 403, "The lease has not started yet.") \
	X(LEASE_ENDED, "lease.ended", 403, "The lease has ended.") \
	X(LEASE_SUSPENDED, "lease.suspended", 403, "The lease is suspended.") \
	X(LICENCE_MISSING, "licence.missing", 403, "The account has no licence.") \
	X(LICENCE_OVER_SEATS, "licence.over_seats", 403, "The account's licence is beyond the seats that were bought.") \
	X(LICENCE_NO_TECHNICIAN, "licence.no_technician", 403, "Neither of the two has a Remote Assist licence.") \
	X(GUEST_NO_FEDERATION, "guest.no_federation", 403, "A guest does not reach other organisations.") \
	X(LEASE_NO_FEDERATION, "lease.no_federation", 403, "The service account does not reach other organisations.") \
	X(EXTERNAL_OFF, "external.off", 403, "External access is off.") \
	X(EXTERNAL_UNVERIFIED, "external.unverified_tenant", 403, "The organisation has not proved its domain.") \
	X(EXTERNAL_BLOCKED_PERSON, "external.blocked_person", 403, "This person is blocked by the organisation.") \
	X(EXTERNAL_USER_OFF, "external.user_off", 403, "External access is off for this account.") \
	X(EXTERNAL_NOT_ALLOWED, "external.not_allowed", 403, "The domain is not on the list of allowed domains.") \
	X(EXTERNAL_BLOCKED, "external.blocked", 403, "The domain is blocked.") \
	X(EXTERNAL_ACTION_OFF, "external.action_off", 403, "This is switched off for people outside.") \
	X(GUEST_HOME_FORBIDS, "guest.home_forbids", 403, "The organisation does not let its people be guests.") \
	X(GUEST_CHAT_OFF, "guest.chat_off", 403, "Chat is off for this guest.") \
	X(GUEST_CALL_OFF, "guest.call_off", 403, "Calls are off for this guest.") \
	X(GUEST_VIDEO_OFF, "guest.video_off", 403, "Video is off for this guest.") \
	X(GUEST_SCREEN_OFF, "guest.screen_off", 403, "Sharing the screen is off for this guest.") \
	X(GUEST_ANNOTATE_OFF, "guest.annotate_off", 403, "Drawing is off for this guest.") \
	X(GUEST_FILE_OFF, "guest.file_off", 403, "Files are off for this guest.") \
	X(GUEST_EDIT_OFF, "guest.edit_messages_off", 403, "Guests may not edit what they wrote.") \
	X(GUEST_DELETE_OFF, "guest.delete_messages_off", 403, "Guests may not delete what they wrote.") \
	X(GUEST_NOT_NAMED, "guest.not_named", 403, "The guest may reach named people only.") \
	X(LEASE_OUT_OF_SCOPE, "lease.out_of_scope", 403, "This person is outside of the lease's reach.") \
	X(LEASE_ACTION_OFF, "lease.action_off", 403, "The lease does not include this.") \
	X(BARRIER_BLOCKED, "barrier.blocked", 403, "A barrier stands between the two.") \
	X(BARRIER_NOT_ALLOWED, "barrier.not_allowed", 403, "A barrier lets only others through.") \
	X(CONTACT_BLOCKED, "contact.blocked", 403, "This person has blocked the other.") \
	X(CONTACT_PENDING, "contact.pending", 403, "This person has not accepted the contact yet.") \
	X(GUEST_FIND_OFF, "guest.find_off", 403, "Guests find nobody here.") \
	X(GUEST_FIND_EXACT_ONLY, "guest.find_exact_only", 403, "Guests find people by their whole address only.") \
	X(FIND_EXACT_ONLY, "find.exact_only", 403, "People outside are found by their whole address only.") \
	X(FIND_NO_MATCH, "find.no_match", 403, "Nobody matches.") \
	X(GROUP_TOO_MANY, "group.too_many_organisations", 403, "The conversation would span too many organisations.") \
	X(UNREACHABLE, "unreachable", 403, "This person can't be reached.") \
	X(BAD_REQUEST, "request.malformed", 400, "The request can't be read.") \
	X(BAD_FIELD, "request.field", 400, "A field is missing or wrong.") \
	X(UNSUPPORTED, "world.not_enforced", 400, "This setting is not enforced by this version, so it is refused.") \
	X(SIGN_IN, "session.required", 401, "Sign in first.") \
	X(SIGN_IN_REFUSED, "session.refused", 401, "That address and password don't match.") \
	X(SIGN_IN_THROTTLED, "session.throttled", 429, "Too many tries. Wait a moment.") \
	X(PASSWORD_SHORT, "password.short", 400, "That password is too short.") \
	X(PASSWORD_ADDRESS, "password.address", 400, "The password must not be the address.") \
	X(PASSWORD_KNOWN, "password.known", 400, "That password is on a list of passwords that others know.") \
	X(PASSWORD_CHANGE, "password.change", 403, "This password must be changed: choose a new one.") \
	X(PASSWORD_WRONG, "password.wrong", 403, "That is not your password.") \
	X(CODE_REQUIRED, "session.code", 403, "This account asks for a code of its authenticator app too.") \
	X(CODE_WRONG, "code.wrong", 403, "That code is not right, or was used already.") \
	X(FACTOR_REQUIRED, "factor.required", 403, "Your organisation wants a second factor. Set one up to go on.") \
	X(FACTOR_FIRST, "factor.first", 409, "Switch on your own second factor first.") \
	X(FACTOR_ON, "factor.on", 409, "The second factor is on already.") \
	X(LINK_GONE, "link.gone", 404, "This link was used already, or its time is over.") \
	X(JOIN_FORBIDDEN, "join.forbidden", 403, "The organisation does not let people be invited by a link.") \
	X(JOIN_TOO_MANY, "join.too_many", 409, "You have too many open links. Revoke one first.") \
	X(JOIN_TAKEN, "join.taken", 409, "Somebody else came with this link.") \
	X(JOIN_GONE, "join.gone", 404, "Nobody waits here any more.") \
	X(HANDOVER_GONE, "device.gone", 404, "No device shows this code any more. Ask for a new one there.") \
	X(HANDOVER_DENIED, "device.denied", 403, "It was not allowed.") \
	X(JOIN_REFUSED, "join.refused", 403, "The host did not let you in.") \
	X(JOIN_REVOKED, "call.link_revoked", 200, "The link was taken back.") \
	X(MAIL_OFF, "mail.off", 409, "This server sends no mail. Ask an owner of your organisation for a link.") \
	X(FORBIDDEN, "role.missing", 403, "Your role does not allow this.") \
	X(LAST_OWNER, "role.last_owner", 409, "The last owner of an organisation stays.") \
	X(ORIGIN, "request.origin", 403, "The request comes from another site.") \
	X(NOT_FOUND, "not_found", 404, "There is nothing here.") \
	X(METHOD, "request.method", 405, "This address does not take that method.") \
	X(MEDIA_TYPE, "request.media_type", 415, "Send the content type that this takes.") \
	X(TOO_LARGE, "request.too_large", 413, "The request is too large.") \
	X(FILE_TOO_LARGE, "file.too_large", 413, "The file is too large.") \
	X(FILE_QUOTA, "file.quota", 413, "The organisation has no room left for files.") \
	X(FILE_TOO_MANY, "file.too_many", 429, "Too many files are on their way. Send or cancel one.") \
	X(FILE_OFFSET, "file.offset", 409, "The upload goes on at another place.") \
	X(STALE, "revision.stale", 412, "Somebody changed this meanwhile.") \
	X(NO_REVISION, "revision.required", 428, "Send If-Match with the revision that you have seen.") \
	X(TOO_MANY, "request.too_many", 429, "Too many requests. Wait a moment.") \
	X(CONTACT_TOO_MANY, "contact.too_many", 429, "Your organisation has written to too many new people. Wait a moment.") \
	X(SELF, "call.self", 409, "You can't call or message yourself.") \
	X(CALL_BUSY, "call.busy", 409, "Already in a call.") \
	X(CALL_GONE, "call.gone", 404, "The call is over.") \
	X(CALL_STATE, "call.state", 409, "The call is not in a state for this.") \
	X(CALL_SDP, "call.sdp", 400, "The session description is refused.") \
	X(CALL_NO_RELAY, "call.no_relay", 503, "Calls are not possible now.") \
	X(CALL_FULL, "call.full", 409, "No more people fit into this call.") \
	X(CALL_NOT_HOST, "call.not_host", 403, "Only the host of the call can do this.") \
	X(CALL_HANGUP, "call.hangup", 200, "Hung up.") \
	X(CALL_DECLINED, "call.declined", 200, "Declined.") \
	X(CALL_CANCELLED, "call.cancelled", 200, "Cancelled.") \
	X(CALL_NO_ANSWER, "call.no_answer", 200, "No answer.") \
	X(CALL_LOST, "call.lost", 200, "The connection was lost.") \
	X(CALL_REMOVED, "call.removed", 200, "Removed from the call.") \
	X(CALL_ENDED_BY_ADMIN, "call.ended_by_admin", 200, "An administrator ended the call.") \
	X(CALL_OFFLINE, "call.offline", 409, "Not signed in on any device.") \
	X(BUSY, "server.busy", 503, "The server is busy. Try again.") \
	X(STOPPING, "server.stopping", 503, "The server is stopping.") \
	X(FAULT, "server.fault", 500, "Something went wrong here. It has been logged.")

enum reason {
#define X(name, slug, status, sentence) REASON_##name,
	REASONS(X)
#undef X
	REASON_COUNT
};

/** The stable code, "external.off". */
const char *reason_slug(enum reason r);

/** The HTTP status that carries the reason. */
int reason_status(enum reason r);

/** One English sentence, for logs and for clients without a catalogue. */
const char *reason_sentence(enum reason r);

/** Find a reason by its code; false when there is none. */
bool reason_parse(struct str slug, enum reason *out);
