/** @file store/audit.c  The record of what admins did and who signed in. Rows are added, never changed: the schema's triggers see to it. */
#include "store/inside.h"

int store_audit_add(struct store_tx *tx, time_ms_t at, const char *actor, const char *what, const char *tenant, const char *detail)
{
	return db_run(tx->db, "INSERT INTO audit (at, actor, what, tenant, detail) VALUES (?1, ?2, ?3, ?4, ?5)",
		DB_I(at), DB_S(actor), DB_S(what), DB_S(tenant), DB_S(detail ? detail : "{}"));
}
