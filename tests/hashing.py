"""The portal's password hashing at the least cost: for tests of anything else."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class QuickArgon2PasswordHasher(Argon2PasswordHasher):
    """
    Argon2 in one thread over 8 KiB instead of eight threads over 100 MiB: a password
    takes microseconds. Everything else about it is as in real use.
    """

    time_cost = 1
    memory_cost = 8
    parallelism = 1
