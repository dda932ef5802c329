"""A profile of the account's own in a tab, changed and taken over: what the tests of adoption hold in their hands."""

from dataclasses import replace

from flows.rig import caller
from local_world import WORLD_URL

from service.core.changes import reshaping_of
from service.core.roles import Role
from service.flows import adoption, design, invitations, manage
from service.sandbox.sheets.state.files import Permission, permission_id_of, share
from service.store import audits, sheets

MINUTE = 60
DRESS = (
    "data(columnMetadata(hiddenByUser,developerMetadata(metadataId,metadataValue)),"
    "rowData.values(note,dataValidation,userEnteredFormat(numberFormat))),protectedRanges(range)"
)


def dress(paper):
    """What the tab looks like, in Google's own terms."""
    url = f"{WORLD_URL}/sheets/v4/spreadsheets/{paper.spreadsheet_id}"
    (found,) = paper._get(url, params={"fields": f"sheets({DRESS})", "ranges": f"'{paper.tab}'"})["sheets"]
    return found


class Own:
    """An own profile made from a ready-made one, and the tab that was connected with it."""

    def __init__(self, rig, preset="sla_watch_list", *, role=Role.WAREHOUSE, without=(), statuses=(), name="Mine"):
        self.rig = rig
        self.profile_id = design.clone(rig.services, rig.owner, f"preset:{preset}", name=name, role=role)
        self.take_out(*without)
        if statuses:
            profile = self.saved()
            self.save(replace(profile, row_filter=replace(profile.row_filter, statuses=statuses)))
        self.paper = rig.spreadsheet()
        found = design.profile_for(rig.services, rig.owner, self.profile_id, role)
        self.binding = rig.bind(self.paper, found.profile, audience=role)
        rig.settle()
        self.binding = rig.only_binding(self.paper)
        self.paper.tab = self.binding.tab_title

    # --- the profile ---

    def add(self, *keys):
        design.add_columns(self.rig.services, self.rig.owner, self.profile_id, keys)

    def take_out(self, *keys):
        for key in keys:
            design.remove_column(self.rig.services, self.rig.owner, self.profile_id, key)

    def saved(self):
        return design.profile_for(self.rig.services, self.rig.owner, self.profile_id).profile

    def save(self, profile):
        """The profile is this from now on, whatever the editor would have said to it."""
        row = self.rig.read(sheets.profile, self.rig.owner.scope, self.profile_id)
        body = {**row.body, **profile.to_json()}
        self.rig.write(sheets.update_profile, self.rig.owner.scope, self.profile_id, name=profile.name, body=body)

    # --- the tab ---

    def waiting(self):
        return adoption.waiting(self.rig.services, self.rig.owner, self.paper.spreadsheet_id, self.binding.id)

    def adopt(self, *, version="", services=None):
        version = version or self.waiting().version
        rig = self.rig
        return adoption.adopt(
            services or rig.services, rig.owner, rig.identity(), self.paper.spreadsheet_id, self.binding.id,
            version=version,
        )  # fmt: skip

    def let_in(self, person, role):
        """The person has this role in the account, and can open the file."""
        invitations.invite(self.rig.services, self.rig.owner, email=person.email, role=role)
        waiting = manage.standing(self.rig.services, caller(person), "").invitations
        invitations.accept(self.rig.services, caller(person), waiting[0][0].id)
        file = self.rig.world.emulator.state.files[self.paper.spreadsheet_id]
        share(file, Permission(permission_id_of("user", person.email), "user", "reader", person.email))

    def is_calm(self):
        """Whether nothing is left to be done, nothing is reported, and the tab is written."""
        row = self.rig.only_binding(self.paper)
        return row.state == "live" and reshaping_of(row.profile).is_done and not self.rig.dirty(self.paper)

    def letter(self, header):
        return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[self.paper.column(header)]

    def annotate(self, header):
        """A person's own column, right beside ours, with a remark on each row."""
        self.header = header
        at = len(self.paper.grid()[0])
        letter = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[at]
        self.paper.type(f"{letter}1", header)
        for number, key in enumerate(self.paper.keys(), start=2):
            self.paper.type(f"{letter}{number}", f"about {key}")

    def notes(self):
        """Row key → the remark beside it."""
        return {row["Key"]: row[self.header] for row in self.paper.rows() if row.get("Key")}

    def audit(self):
        """The tab is compared with its images, and once more where rows are missing."""
        for _ in range(2):
            self.rig.write(audits.hasten, [self.binding.id], self.rig.clock.now())
            self.rig.live_through(75, step_s=15)

    def assert_right(self):
        self.paper.assert_right()


def standing(rig, note, *, count):
    """A profile of the account's own, so many rows of it in a tab, and a person's column with this heading beside."""
    found = Own(rig)
    rig.place(count, kind="NORMAL")
    rig.settle()
    found.annotate(note)
    rig.live_through(30)
    return found
