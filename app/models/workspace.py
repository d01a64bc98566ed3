"""What holds for everybody who works here, whatever the program."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.models.columns import Id


class WorkspaceChoices(Base):
    """The one row of choices an admin makes for all; none stands for the defaults."""

    __tablename__ = "workspace_choices"

    id: Mapped[Id]
    language_of_new_people: Mapped[str] = mapped_column(String(8), default="en")
